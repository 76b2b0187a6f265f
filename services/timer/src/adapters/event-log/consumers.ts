import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { Consumer, type ConsumerOptions, type EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';

export interface ConsumerSettings {
  readonly database: Database;
  readonly log: EventLog;
  /** The owners of events, by source; asked for what the log no longer holds. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
}

export const JOBS_CONSUMER = 'timer';
export const RUNS_CONSUMER = 'timer-runs';

/** Brings `carillon.jobs` to the clocks, once in effect. */
export const jobsConsumer = (settings: ConsumerSettings, handle: ConsumerOptions['handle']): Consumer =>
  consumer(settings, { name: JOBS_CONSUMER, topic: TOPICS.jobs, source: 'job-registry', handle });

/** Brings `carillon.runs` to the workflow runs and backfills, once in effect. */
export const runsConsumer = (settings: ConsumerSettings, handle: ConsumerOptions['handle']): Consumer =>
  consumer(settings, { name: RUNS_CONSUMER, topic: TOPICS.runs, source: 'scheduler-framework', handle });

function consumer(
  { database, log, refill }: ConsumerSettings,
  of: { name: string; topic: string; source: string; handle: ConsumerOptions['handle'] },
): Consumer {
  const owner = refill[of.source];
  return new Consumer({
    name: of.name,
    log,
    database,
    topics: [of.topic],
    publishers: { [of.topic]: [of.source] },
    refill: owner ? { [of.source]: (request) => owner.readPublished(request) } : {},
    handle: of.handle,
  });
}
