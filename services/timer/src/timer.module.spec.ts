import 'reflect-metadata';
import {
  type DeadLettersApi,
  decodeEvent,
  type EventSourceApi,
  type PublicEvent,
  TOPICS,
} from '@carillon/contracts';
import { createEmbeddedEventLog, type EventLog, type ReceivedMessage } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase, startPostgres } from '@carillon/rigs';
import { SpanCollector, startTelemetry, type Telemetry } from '@carillon/service-runtime';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dailyAt, emptyRegistry, jobDefined, jobRemoved, MINUTE, schedule } from './test/timer-rig.js';
import { TIMER_DATABASE, TIMER_DEAD_LETTERS, TIMER_EVENT_SOURCE, TimerModule } from './timer.module.js';

let postgres: FreshDatabase;
let log: EventLog;
let app: INestApplicationContext;
let telemetry: Telemetry;
const spans = new SpanCollector();

const nobody: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };

async function startTimer(databaseUrl = postgres.url, eventLog = log) {
  const module = TimerModule.forRoot({
    config: { databaseUrl },
    log: eventLog,
    refill: { 'job-registry': nobody, 'scheduler-framework': nobody },
    registry: emptyRegistry,
  });
  const started = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  await started.init();
  return started;
}

beforeEach(async () => {
  telemetry = startTelemetry({ serviceName: 'spec', exporters: [spans], env: {} });
  postgres = await freshDatabase();
  log = await createEmbeddedEventLog({
    url: postgres.url,
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  app = await startTimer();
});
afterEach(async () => {
  await app.close();
  await log.close();
  await postgres.drop();
  await telemetry.shutdown();
});

let position = 0;
const tell = (to: EventLog, ...messages: ReceivedMessage[]) =>
  to.publish(
    messages.map(({ topic, key, headers, value, source }) => ({
      ...{ topic, key, headers, value, source },
      sourcePosition: { window: '1', position: String(++position) },
    })),
  );

async function published(by = app): Promise<PublicEvent[]> {
  const source = by.get<EventSourceApi>(TIMER_EVENT_SOURCE);
  const { events } = await source.readPublished({
    topic: TOPICS.triggers,
    partition: 0,
    partitions: 1,
    limit: 1000,
  });
  return events.flatMap((event) => decodeEvent(event) ?? []);
}

async function inLog(): Promise<string> {
  const bounds = await log.bounds([TOPICS.triggers]);
  return String(bounds.reduce((sum, { start, end }) => sum + BigInt(end) - BigInt(start), 0n));
}

test('a job defined on carillon.jobs is due on carillon.triggers, each run the root of its own trace', async () => {
  const now = await app.get<Database>(TIMER_DATABASE).now();
  const dueAt = Math.floor(now / MINUTE) * MINUTE;
  const schedules = [schedule({ cron: dailyAt(dueAt) })];
  await tell(
    log,
    jobDefined({ uid: 'u1', definedAt: dueAt, schedules }),
    jobDefined({ uid: 'u2', definedAt: dueAt, schedules }),
    jobRemoved('u2', dueAt),
  );
  await expect.poll(() => published(), { timeout: 10_000 }).toHaveLength(1);
  await expect.poll(inLog, { timeout: 10_000 }).toBe('1');
  const [event] = await published();
  expect(event).toMatchObject({ type: 'RunDue', source: 'timer', data: { uid: 'u1', dueAt, revision: 1 } });
  const root = spans.spans.find(({ name }) => name === 'run due');
  expect(event?.trace.traceparent).toContain(`-${root?.traceId}-${root?.spanId}-`);
  expect(root?.parentSpanId).toBeUndefined();
});

test('a message that it cannot read is shown, and handled when it is replayed', async () => {
  const now = await app.get<Database>(TIMER_DATABASE).now();
  const dueAt = Math.floor(now / MINUTE) * MINUTE;
  const good = jobDefined({ uid: 'u1', definedAt: dueAt, schedules: [schedule({ cron: dailyAt(dueAt) })] });
  await tell(log, { ...good, value: Buffer.from('garbage') });
  const letters = app.get<DeadLettersApi>(TIMER_DEAD_LETTERS);
  const all = async () => (await letters.listDeadLetters({ limit: 10 })).deadLetters;
  await expect.poll(all, { timeout: 10_000 }).toMatchObject([{ consumer: 'timer', key: 'job-u1' }]);
  const { id = '' } = (await all())[0] ?? {};
  await expect(letters.replayDeadLetter({ id })).rejects.toMatchObject({ code: 'deadLetterRefused' });
  // As if a newer version could read it.
  await app
    .get<Database>(TIMER_DATABASE)
    .query('UPDATE dead_letters SET value = $1', [Buffer.from(good.value)]);
  await letters.replayDeadLetter({ id });
  await expect.poll(() => published(), { timeout: 10_000 }).toMatchObject([{ data: { uid: 'u1', dueAt } }]);
  expect(await all()).toEqual([]);
});

test('restarted, it goes on where it was', async () => {
  const now = await app.get<Database>(TIMER_DATABASE).now();
  const dueAt = Math.floor(now / MINUTE) * MINUTE;
  await app.close();
  await tell(
    log,
    jobDefined({ uid: 'u1', definedAt: dueAt, schedules: [schedule({ cron: dailyAt(dueAt) })] }),
  );
  app = await startTimer();
  await expect.poll(() => published(), { timeout: 10_000 }).toHaveLength(1);
  await app.close();
  app = await startTimer();
  expect(await published()).toHaveLength(1);
});

test('while the database is away it waits, and goes on by itself', async () => {
  const server = await startPostgres();
  const own = await createEmbeddedEventLog({
    url: server.url,
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  const timer = await startTimer(server.url, own);
  try {
    const database = timer.get<Database>(TIMER_DATABASE);
    const dueAt = Math.floor((await database.now()) / MINUTE) * MINUTE;
    const schedules = [schedule({ cron: dailyAt(dueAt) })];
    await server.restart();
    await expect
      .poll(
        () =>
          tell(own, jobDefined({ uid: 'u1', definedAt: dueAt, schedules })).then(
            () => true,
            () => false,
          ),
        {
          timeout: 30_000,
        },
      )
      .toBe(true);
    await expect.poll(() => published(timer), { timeout: 30_000 }).toHaveLength(1);
  } finally {
    await timer.close();
    await own.close();
    await server.stop();
  }
});
