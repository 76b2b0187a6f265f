import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { Consumer, type EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import type { FollowRuns } from '../../application/follow-runs.js';

export interface RunsConsumerOptions {
  readonly database: Database;
  readonly log: EventLog;
  /** The owners of events, by source; asked for what the log no longer holds. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
  readonly follow: FollowRuns;
}

const SOURCE = 'scheduler-framework';

/** Brings `carillon.runs` to the workflow runs, once in effect. */
export function runsConsumer({ database, log, refill, follow }: RunsConsumerOptions): Consumer {
  const owner = refill[SOURCE];
  return new Consumer({
    name: 'timer-runs',
    log,
    database,
    topics: [TOPICS.runs],
    publishers: { [TOPICS.runs]: [SOURCE] },
    refill: owner ? { [SOURCE]: (request) => owner.readPublished(request) } : {},
    handle: (tx, messages) => follow.handle(tx, messages),
  });
}
