import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { Consumer, type ConsumerOptions, type EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';

export interface ConsumerSettings {
  readonly database: Database;
  readonly log: EventLog;
  /** The owners of events, by source; asked for what the log no longer holds. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
}

export const JOBS_CONSUMER = 'scheduler-framework-jobs';
export const TRIGGERS_CONSUMER = 'scheduler-framework';

/** All instances share carillon.jobs. */
export const jobsConsumer = (settings: ConsumerSettings, handle: ConsumerOptions['handle']): Consumer =>
  consumer(settings, {
    name: JOBS_CONSUMER,
    topic: TOPICS.jobs,
    source: 'job-registry',
    handle,
  });

/** Only the leader reads carillon.triggers: standbys stay out of the group. */
export const triggersConsumer = (
  settings: ConsumerSettings,
  told: Pick<ConsumerOptions, 'handle' | 'onFenced'>,
): Consumer =>
  consumer(settings, { name: TRIGGERS_CONSUMER, topic: TOPICS.triggers, source: 'timer', ...told });

function consumer(
  { database, log, refill }: ConsumerSettings,
  {
    topic,
    source,
    ...told
  }: { topic: string; source: string } & Pick<ConsumerOptions, 'name' | 'handle' | 'onFenced'>,
): Consumer {
  const owner = refill[source];
  return new Consumer({
    ...told,
    log,
    database,
    topics: [topic],
    publishers: { [topic]: [source] },
    refill: owner ? { [source]: (request) => owner.readPublished(request) } : {},
  });
}
