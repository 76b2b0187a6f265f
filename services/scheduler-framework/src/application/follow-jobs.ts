import { decodeEvent, type PublicEvent } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';
import type { Logger } from '@carillon/service-runtime';
import { closeIn } from './close-job.js';
import type { RevisionRef, Revisions } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

export interface FollowJobsOptions {
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Handles carillon.jobs: a removed job gets its tombstone, whoever removed it; one that will run by
 * itself is fetched ahead, so that its first run does not wait for that. All instances share this work.
 */
export class FollowJobs {
  readonly #options: FollowJobsOptions;

  constructor(options: FollowJobsOptions) {
    this.#options = options;
  }

  async handle(tx: Transaction, messages: readonly Parameters<typeof decodeEvent>[0][]): Promise<void> {
    const { ledger, revisions, clock, log } = this.#options;
    const defined = new Map<string, RevisionRef>();
    const removed = new Map<string, string>();
    for (const message of messages) {
      const event = decodeEvent(message);
      if (event?.type === 'JobDefined') {
        if (runsByItself(event.data)) defined.set(event.data.uid, event.data);
        else defined.delete(event.data.uid);
      }
      if (event?.type === 'JobRemoved') removed.set(event.data.uid, event.data.jobId);
    }
    for (const [uid, jobId] of removed) {
      defined.delete(uid);
      await closeIn(tx, ledger, { jobId, uid, stopRuns: true, now: clock() });
    }
    tx.afterCommit(() => {
      const fetching = [
        revisions.load(defined.values()),
        ...(removed.size > 0 ? [revisions.forget([...removed.keys()])] : []),
      ];
      Promise.all(fetching).catch((error: unknown) =>
        log.debug({ err: error }, 'could not fetch ahead, later then'),
      );
    });
  }
}

/** Others are fetched when somebody starts them. */
const runsByItself = ({ schedules, dependencies }: PublicEvent<'JobDefined'>['data']): boolean =>
  schedules.length > 0 || dependencies.length > 0;
