import { decodeEvent, type EventSourceApi, type PublicEvent, TOPICS } from '@carillon/contracts';
import { Consumer, type EventLog } from '@carillon/event-log';
import type { Database, OutgoingMessage, Transaction } from '@carillon/event-store';
import { openSpan, type Rush, rush as ofProcess } from '@carillon/service-runtime';
import { projectEvents } from '../../application/project-events.js';
import { PostgresHistoryTables } from '../postgres/postgres-history-tables.js';

/** The name of the consumer, and its group in the log. */
export const HISTORY_GROUP = 'history';

/** Which service publishes on a topic, to be asked for what the log no longer holds. */
const PUBLISHERS = {
  [TOPICS.jobs]: ['job-registry'],
  [TOPICS.triggers]: ['timer'],
  [TOPICS.runs]: ['scheduler-framework'],
};

export interface HistoryConsumerOptions {
  readonly database: Database;
  readonly log: EventLog;
  /** The owners of the events, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
  /** Waited for: that of the process unless told. */
  readonly rush?: Pick<Rush, 'calm'>;
}

/** Projects every public event, once in effect. */
export function historyConsumer({
  database,
  log,
  refill,
  rush = ofProcess,
}: HistoryConsumerOptions): Consumer {
  return new Consumer({
    name: HISTORY_GROUP,
    log,
    database,
    topics: Object.values(TOPICS),
    publishers: PUBLISHERS,
    refill: Object.fromEntries(
      Object.entries(refill).map(([source, owner]) => [source, (request) => owner.readPublished(request)]),
    ),
    calm: (signal) => rush.calm(signal),
    handle: remember,
  });
}

/** Handles messages of any topic. */
export async function remember(tx: Transaction, messages: readonly OutgoingMessage[]): Promise<void> {
  const startedAt = Date.now();
  const events = messages.flatMap((message) => decodeEvent(message) ?? []);
  await projectEvents(new PostgresHistoryTables(tx), events);
  tx.afterCommit(() => {
    for (const event of events) traceRecording(event, startedAt);
  });
}

/** The last hop of each event's own trace; the batch may hold events of many. */
function traceRecording({ type, data, id, trace }: PublicEvent, startedAt: number): void {
  if (trace.traceparent === undefined) return;
  const attributes = {
    'carillon.event.type': type,
    'carillon.event.id': id,
    'carillon.job.id': data.jobId,
    ...('runId' in data ? { 'carillon.run.id': data.runId } : {}),
  };
  openSpan(`record ${type}`, attributes, { kind: 'consumer', parent: trace, startedAt }).end();
}
