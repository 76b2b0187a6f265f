import type { Labels, Offer, Resource } from '@carillon/mesos';
import { thousandths, units } from '../offers/quantities.js';
import { without } from '../without.js';

/** A persistent volume that an attempt was launched with. */
export interface AttemptVolume {
  readonly containerPath: string;
  /** Made for one attempt, so nothing is taken for it that another attempt has left behind. */
  readonly persistenceId: string;
  /** MiB. */
  readonly size: number;
}

/** A volume on which a run may have written: the next runs of the job are to have it. */
export interface KeptVolume extends AttemptVolume {
  readonly agentId: string;
  readonly hostname: string;
}

/** What a run needs of an agent: a volume that is kept there, or disk to make one of. */
export interface NeededVolume extends AttemptVolume {
  readonly kept?: { readonly agentId: string; readonly hostname: string };
}

/** Whose reservations these are: Mesos shows labels to whoever looks, and offers the reservations with them. */
export interface VolumeOwner {
  readonly framework: string;
  readonly principal?: string;
}

export interface LabelledDisk {
  readonly resource: Resource;
  readonly uid: string;
  /** Absent: reserved only, what was to become of it did not. */
  readonly persistenceId?: string;
}

const FRAMEWORK = 'carillon-framework';
const JOB = 'carillon-job';

/**
 * The volume as a resource: what CREATE makes and a task uses. `disk`: unreserved disk of the offer, for its
 * allocation.
 */
export function volumeResource(
  { containerPath, persistenceId: id, size }: AttemptVolume,
  disk: Resource,
  { framework, principal: name }: VolumeOwner,
  uid: string,
): Resource {
  const principal = name === undefined ? {} : { principal: name };
  const labels: Labels = {
    labels: [
      { key: FRAMEWORK, value: framework },
      { key: JOB, value: uid },
    ],
  };
  const { allocationInfo } = disk;
  const role = allocationInfo?.role ?? '*';
  return {
    ...{ name: 'disk', type: 'SCALAR', scalar: { value: units(thousandths(size)) } },
    ...(allocationInfo === undefined ? {} : { allocationInfo }),
    reservations: [{ type: 'DYNAMIC', role, ...principal, labels }],
    disk: { persistence: { id, ...principal }, volume: { mode: 'RW', containerPath } },
  };
}

/** The reserved disk that a volume is made of: what RESERVE asks for and UNRESERVE gives back. */
export const reservedDisk = (volume: Resource): Resource => without(volume, 'disk');

/** What of an offer this framework has reserved for volumes. */
export function labelledDisks({ resources }: Pick<Offer, 'resources'>, framework: string): LabelledDisk[] {
  return resources.flatMap((resource) => {
    const uid = isLabelled(resource) ? labelOf(resource, JOB) : undefined;
    if (uid === undefined || labelOf(resource, FRAMEWORK) !== framework) return [];
    const persistenceId = resource.disk?.persistence?.id;
    return [{ resource, uid, ...(persistenceId === undefined ? {} : { persistenceId }) }];
  });
}

/** Reserved by a Carillon for volumes: not to be used as disk. */
export const isLabelled = (resource: Resource): boolean =>
  resource.name === 'disk' && labelOf(resource, FRAMEWORK) !== undefined;

function labelOf({ reservations }: Resource, key: string): string | undefined {
  return reservations?.at(-1)?.labels?.labels.find((label) => label.key === key)?.value;
}
