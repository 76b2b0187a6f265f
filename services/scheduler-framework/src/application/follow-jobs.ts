import { decodeEvent, type JobDefined } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';
import type { Logger } from '@carillon/service-runtime';
import { closeIn } from './close-job.js';
import { limitVolumesIn } from './limit-volumes.js';
import type { Revisions } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

export interface FollowJobsOptions {
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Handles carillon.jobs: a removed job gets its tombstone, whoever removed it; a defined one loses the volumes that it has
 * no more, and if it will run by itself it is fetched ahead, so that its first run does not wait for that. All instances
 * share this work.
 */
export class FollowJobs {
  readonly #options: FollowJobsOptions;

  constructor(options: FollowJobsOptions) {
    this.#options = options;
  }

  async handle(tx: Transaction, messages: readonly Parameters<typeof decodeEvent>[0][]): Promise<void> {
    const { ledger, revisions, clock, log } = this.#options;
    const defined = new Map<string, JobDefined>();
    const removed = new Map<string, string>();
    for (const message of messages) {
      const event = decodeEvent(message);
      if (event?.type === 'JobDefined') defined.set(event.data.uid, event.data);
      if (event?.type === 'JobRemoved') removed.set(event.data.uid, event.data.jobId);
    }
    for (const [uid, jobId] of removed) {
      defined.delete(uid);
      await closeIn(tx, ledger, { jobId, uid, stopRuns: true, now: clock() });
    }
    // A first revision takes nothing from runs before it.
    await limitVolumesIn(
      tx,
      ledger,
      [...defined.values()].filter(({ revision }) => revision > 1),
    );
    tx.afterCommit(() => {
      const fetching = [
        revisions.load([...defined.values()].filter(runsByItself)),
        ...(removed.size > 0 ? [revisions.forget([...removed.keys()])] : []),
      ];
      Promise.all(fetching).catch((error: unknown) =>
        log.debug({ err: error }, 'could not fetch ahead, later then'),
      );
    });
  }
}

/** Others are fetched when somebody starts them. */
const runsByItself = ({ schedules, dependencies }: JobDefined): boolean =>
  schedules.length > 0 || dependencies.length > 0;
