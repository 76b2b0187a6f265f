import type { CallBody, OfferOperation, Resource, TaskInfo } from '@carillon/mesos';
import { type LabelledDisk, reservedDisk } from '../../domain/volumes/persistent-volume.js';

/** An offer that no waiting run fits on is not wanted again before this, unless something changes. */
export const UNFIT_REFUSE_SECONDS = 5;

/** Launches tasks on the offers, once their volumes are created. */
export const launchCall = (
  offerIds: readonly string[],
  taskInfos: readonly TaskInfo[],
  created: readonly Resource[],
): CallBody =>
  accept(offerIds, [
    ...(created.length === 0
      ? []
      : [
          { type: 'RESERVE', reserve: { resources: created.map(reservedDisk) } } as const,
          { type: 'CREATE', create: { volumes: created } } as const,
        ]),
    { type: 'LAUNCH', launch: { taskInfos } },
  ]);

/** Destroys what of the offer is volumes, and lets others have the disk. */
export function giveBackCall(offerId: string, disks: readonly LabelledDisk[]): CallBody {
  const volumes = disks.flatMap(({ persistenceId, resource }) =>
    persistenceId === undefined ? [] : [resource],
  );
  return accept(
    [offerId],
    [
      ...(volumes.length === 0 ? [] : [{ type: 'DESTROY', destroy: { volumes } } as const]),
      {
        type: 'UNRESERVE',
        unreserve: { resources: disks.map(({ resource }) => reservedDisk(resource)) },
      } as const,
    ],
  );
}

const accept = (offerIds: readonly string[], operations: readonly OfferOperation[]): CallBody => ({
  type: 'ACCEPT',
  accept: {
    offerIds: offerIds.map((value) => ({ value })),
    operations,
    filters: { refuseSeconds: 0 },
  },
});

export const decline = (offerIds: readonly string[], refuseSeconds: number): CallBody => ({
  type: 'DECLINE',
  decline: { offerIds: offerIds.map((value) => ({ value })), filters: { refuseSeconds } },
});
