import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { Consumer, type EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import type { FollowJobs } from '../../application/follow-jobs.js';

export interface JobsConsumerOptions {
  readonly database: Database;
  readonly log: EventLog;
  /** The owners of events, by source; asked for what the log no longer holds. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
  readonly follow: FollowJobs;
}

const SOURCE = 'job-registry';

/** Brings `carillon.jobs` to the clocks, once in effect. */
export function jobsConsumer({ database, log, refill, follow }: JobsConsumerOptions): Consumer {
  const owner = refill[SOURCE];
  return new Consumer({
    name: 'timer',
    log,
    database,
    topics: [TOPICS.jobs],
    publishers: { [TOPICS.jobs]: [SOURCE] },
    refill: owner ? { [SOURCE]: (request) => owner.readPublished(request) } : {},
    handle: (tx, messages) => follow.handle(tx, messages),
  });
}
