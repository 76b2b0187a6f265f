import 'reflect-metadata';
import {
  type DeadLettersApi,
  encodeEvent,
  type EventSourceApi,
  type HistoryApi,
  type PublicEvent,
  TOPICS,
} from '@carillon/contracts';
import { bind, grpcClient, serveGrpc } from '@carillon/contracts/grpc';
import {
  type Consumer,
  createEmbeddedEventLog,
  type EventLog,
  type LogMessage,
  partitionOfKey,
} from '@carillon/event-log';
import { compareSourcePositions, type Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import {
  currentTraceContext,
  SpanCollector,
  startTelemetry,
  type Telemetry,
  withSpan,
} from '@carillon/service-runtime';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetHistory } from './adapters/postgres/forget-history.js';
import { rebuildHistory } from './application/rebuild-history.js';
import { event, runStory } from './domain/event.fixtures.js';
import {
  HISTORY_API,
  HISTORY_CONSUMER,
  HISTORY_DATABASE,
  HISTORY_DEAD_LETTERS,
  HistoryModule,
} from './history.module.js';

let postgres: FreshDatabase;
let log: EventLog;
let app: INestApplicationContext;
let owners: Record<string, Owner>;
let telemetry: Telemetry;
const collector = new SpanCollector();

/** A service that publishes: it has its own order, repeats itself on request, and answers from its own store. */
class Owner implements EventSourceApi {
  readonly #source: string;
  readonly published: LogMessage[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  async publish(events: readonly PublicEvent[]): Promise<void> {
    const messages = events.map(({ type, data, id, time, source, trace }) => {
      const position = { window: '1', position: String(this.published.length + 1) };
      const message = encodeEvent(type, data, { eventId: id, time, source, ...trace });
      const logged = { ...message, source: this.#source, sourcePosition: position };
      this.published.push(logged);
      return logged;
    });
    await log.publish(messages);
  }

  readPublished({
    topic,
    partition,
    partitions,
    after,
    limit,
  }: Parameters<EventSourceApi['readPublished']>[0]) {
    const events = this.published.filter(
      (message) =>
        message.topic === topic &&
        partitionOfKey(message.key, partitions) === partition &&
        (!after || compareSourcePositions(message.sourcePosition, after) > 0),
    );
    return Promise.resolve({ events: events.slice(0, limit) });
  }
}

beforeEach(async () => {
  telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env: {} });
  postgres = await freshDatabase();
  log = await createEmbeddedEventLog({
    url: postgres.url,
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  owners = Object.fromEntries(
    ['job-registry', 'timer', 'scheduler-framework'].map((source) => [source, new Owner(source)]),
  );
  const config = { databaseUrl: postgres.url, runsPerList: 1_000, events: 1_000_000 };
  app = await NestFactory.createApplicationContext(HistoryModule.forRoot({ config, log, refill: owners }), {
    logger: false,
    abortOnError: false,
  });
});

afterEach(async () => {
  await app.close();
  await log.close();
  await postgres.drop();
  await telemetry.shutdown();
});

const tell = async (events: readonly PublicEvent[]) => {
  for (const source of Object.keys(owners)) {
    const ofSource = events.filter((one) => one.source === source);
    if (ofSource.length > 0) await owners[source]?.publish(ofSource);
  }
};

const caughtUp = () => app.get<Consumer>(HISTORY_CONSUMER).caughtUp();

async function told(history = app.get<HistoryApi>(HISTORY_API)) {
  const uids = ['old', 'new'];
  return {
    runs: await Promise.all(uids.map((uid) => history.listEndedRuns({ uid, limit: 0 }))),
    summaries: await history.getSummaries({ uids }),
    events: (await history.listEvents({ after: 0, limit: 0 })).events
      .map((one) => ({ ...one, position: 0 }))
      .sort((a, b) => (a.eventId < b.eventId ? -1 : 1)),
  };
}

const job = { jobId: 'prod.dump', uid: 'old' };
const story = [
  ...runStory({ uid: 'old', runId: 'r1' }),
  ...runStory({ uid: 'old', runId: 'r2', dueAt: 2_000, outcome: 'failed' }),
  event('JobRemoved', { ...job, removedAt: 3_000 }),
  ...runStory({ uid: 'new', runId: 'r1', dueAt: 4_000 }),
];

test('what the services publish is told by the API, a removed job apart from the one that follows it', async () => {
  await tell(story);
  await caughtUp();
  const { runs, summaries, events } = await told();
  expect(runs.map((answer) => answer.runs.map((run) => run.runId))).toEqual([['r2', 'r1'], ['r1']]);
  expect(summaries.summaries).toMatchObject([
    { uid: 'old', successCount: 1, failureCount: 1 },
    { uid: 'new', successCount: 1, failureCount: 0 },
  ]);
  expect(events).toHaveLength(story.length);
});

test('rebuilt from the owners, history tells the same, and old resume tokens miss nothing', async () => {
  await tell(story);
  await caughtUp();
  const before = await told();
  const database = app.get<Database>(HISTORY_DATABASE);
  const [last] = await database.query<{ last: number }>('SELECT last_position::int AS last FROM writer');
  await rebuildHistory({
    consumer: app.get<Consumer>(HISTORY_CONSUMER),
    forget: () => forgetHistory(database),
  });
  expect(await told()).toEqual(before);
  const resumed = await app.get<HistoryApi>(HISTORY_API).listEvents({ after: last?.last ?? 0, limit: 0 });
  expect(resumed.events).toHaveLength(story.length);
  await tell(runStory({ uid: 'new', runId: 'r9', dueAt: 9_000 }));
  await caughtUp();
  expect((await told()).summaries.summaries[1]).toMatchObject({ successCount: 2 });
});

test('tells the same through gRPC', async () => {
  await tell(story);
  await caughtUp();
  const server = await serveGrpc({
    port: 0,
    host: '127.0.0.1',
    services: [bind('History', app.get<HistoryApi>(HISTORY_API))],
  });
  const remote = grpcClient('History', `127.0.0.1:${server.port}`);
  expect(await told(remote)).toEqual(await told());
  const unknown = { jobId: 'prod.dump', uid: 'old', runId: 'unknown' };
  await expect(remote.getEndedRun(unknown)).rejects.toMatchObject({ kind: 'notFound', code: 'runNotFound' });
  remote.close();
  await server.close();
});

test('recording is the last hop in the trace of each event', async () => {
  await withSpan('api call', {}, async () => {
    const trace = currentTraceContext();
    await tell(runStory({ uid: 'new', runId: 'r1' }).map((one): PublicEvent => ({ ...one, trace })));
  });
  await caughtUp();
  const root = collector.spans.find((span) => span.name === 'api call');
  const recorded = collector.spans.filter(
    (span) => span.name === 'record RunEnded' && span.traceId === root?.traceId,
  );
  expect(recorded).toMatchObject([{ parentSpanId: root?.spanId, attributes: { 'carillon.run.id': 'r1' } }]);
});

test('records an event that it had put aside when it is replayed', async () => {
  await app.init();
  const [first] = runStory({ runId: 'run-1' });
  if (!first) throw new Error('a story without events');
  const { type, data, id: eventId, time, source, trace } = first;
  const message = encodeEvent(type, data, { eventId, time, source, ...trace });
  const sourcePosition = { window: '1', position: '1' };
  await log.publish([{ ...message, source, sourcePosition, value: Buffer.from('garbage') }]);
  await caughtUp();
  const letters = app.get<DeadLettersApi>(HISTORY_DEAD_LETTERS);
  const { deadLetters } = await letters.listDeadLetters({ limit: 10 });
  expect(deadLetters).toMatchObject([{ consumer: 'history', key: data.jobId }]);
  const { id = '' } = deadLetters[0] ?? {};
  // As if a newer version could read it.
  await app
    .get<Database>(HISTORY_DATABASE)
    .query('UPDATE dead_letters SET value = $1', [Buffer.from(message.value)]);
  await letters.replayDeadLetter({ id });
  const { events } = await app.get<HistoryApi>(HISTORY_API).listEvents({ after: 0, limit: 10 });
  expect(events).toMatchObject([{ eventId }]);
});
