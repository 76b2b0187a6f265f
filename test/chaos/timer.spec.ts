import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { encodeEvent, type EventSourceApi, TOPICS } from '@carillon/contracts';
import { createEmbeddedEventLog, type ReceivedMessage } from '@carillon/event-log';
import { freshDatabase, startPostgres } from '@carillon/rigs';
import { connectTimerDatabase, TimerLoop, TimerModule, timerParts, type TimerParts } from '@carillon/timer';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import 'reflect-metadata';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 5, 10);
/** Tells the time in place of the database's clock, and is set like any clock. */
const CLOCK = '(SELECT at FROM public.test_clock)';
const LONG = 60_000;

const nobody = () => Promise.reject(new Error('nobody was to be asked'));
const registry = { listConnectedJobs: nobody, getJob: nobody, getRevision: nobody };

let url: string;
let admin: pg.Client;
let undo: (() => Promise<unknown>)[] = [];
let children: ChildProcess[] = [];

async function useDatabase(at: string): Promise<void> {
  url = at;
  admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  undo.push(() => admin.end().catch(() => undefined));
  await admin.query('CREATE TABLE test_clock (at bigint NOT NULL)');
  await admin.query('INSERT INTO test_clock VALUES ($1)', [BEGIN]);
}
beforeEach(async () => {
  const fresh = await freshDatabase();
  undo = [() => fresh.drop()];
  children = [];
  await useDatabase(fresh.url);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const step of undo.toReversed()) await step();
});

async function timer(): Promise<TimerParts> {
  const database = await connectTimerDatabase(url, 2);
  undo.push(() => database.close());
  return timerParts(database, registry, { clock: CLOCK });
}

/** Another process; says `started`, and `claimed` when it is to hold what it has claimed. */
async function otherTimer(settings: { skewMs?: number; holds?: 'claimed' } = {}) {
  const child = spawn(
    process.execPath,
    [new URL('../dist/chaos/timer-process.js', import.meta.url).pathname],
    {
      env: {
        ...{ PATH: process.env['PATH'], LOG_LEVEL: 'silent', TIMER_DATABASE_URL: url, TIMER_CLOCK: CLOCK },
        ...{ TIMER_SKEW_MS: String(settings.skewMs ?? 0), TIMER_HOLDS: settings.holds ?? '' },
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  const heard = new Set<string>();
  createInterface({ input: child.stdout }).on('line', (line) => heard.add(line));
  const says = (word: string) => expect.poll(() => heard.has(word), { timeout: LONG }).toBe(true);
  await says('started');
  return { child, says };
}

/** Sets the clock, and awakens the timers that sleep by another one. */
async function setClock(at: number): Promise<void> {
  await admin.query('UPDATE test_clock SET at = $1', [at]);
  await admin.query(`SELECT pg_notify('timer_due', '0')`);
}

async function define(parts: TimerParts, uids: readonly string[], deadlineSeconds = 86_400): Promise<void> {
  const messages = uids.map((uid): ReceivedMessage => {
    const schedule = {
      ...{ id: 'main', cron: '* * * * *', timezone: 'UTC', startingDeadlineSeconds: deadlineSeconds },
      ...{ concurrencyPolicy: 'ALLOW' as const, enabled: true },
    };
    const data = {
      ...{ jobId: `job-${uid}`, uid, revision: 1, definedAt: BEGIN, labels: {}, dependencies: [] },
      ...{ schedules: [schedule], cpus: 1, mem: 32, disk: 0, gpus: 0, persistentVolumes: [] },
    };
    const encoded = encodeEvent('JobDefined', data, { eventId: uid, time: BEGIN, source: 'job-registry' });
    const sourcePosition = { window: '1', position: '1' };
    return {
      ...encoded,
      topic: TOPICS.jobs,
      partition: 0,
      offset: '0',
      source: 'job-registry',
      sourcePosition,
    };
  });
  await parts.database.transaction((tx) => parts.hearJobs(tx, messages));
}

const uidsOf = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`);

async function fireAll(parts: TimerParts, limit = 10): Promise<void> {
  while ((await parts.fire.batch(limit)) > 0);
}

interface Decided {
  readonly uid: string;
  readonly dueAt: number;
  readonly decidedAt: number;
}
async function runs(): Promise<Decided[]> {
  const { rows } = await admin.query<Decided>(
    `SELECT data->>'uid' AS uid, (data->>'dueAt')::float8 AS "dueAt", (data->>'decidedAt')::float8 AS "decidedAt"
     FROM timer.events WHERE type = 'RunDue'`,
  );
  return rows;
}

/** Every minute from BEGIN on for each, once and not before it was due. */
async function expectEachOnce(uids: readonly string[], minutes: number): Promise<void> {
  const decided = await runs();
  const expected = uids.flatMap((uid) =>
    Array.from({ length: minutes }, (_, n) => `${uid} ${BEGIN + n * MINUTE}`),
  );
  expect(decided.map(({ uid, dueAt }) => `${uid} ${dueAt}`).sort()).toEqual(expected.sort());
  for (const { dueAt, decidedAt } of decided) expect(decidedAt).toBeGreaterThanOrEqual(dueAt);
}

describe('the clock of the database', () => {
  test.each([1, 2, 3])(
    'jumps back and forward and is slewed: every instant is decided once (seed %i)',
    async (seed) => {
      const [one, other] = [await timer(), await timer()];
      const uids = uidsOf(3);
      await define(one, uids);
      let random = seed;
      const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
      let now = BEGIN;
      let latest = BEGIN;
      for (let step = 0; step < 30; step++) {
        // The longest is over more instants than are decided at one go.
        const far = next(5) === 0 ? 400 : 40;
        const jump = [next(90) * 1000, -next(900) * 1000, next(far) * MINUTE, next(1000)][next(4)] ?? 0;
        now = Math.max(now + jump, BEGIN);
        latest = Math.max(latest, now);
        await setClock(now);
        await Promise.all([fireAll(one, 2), fireAll(other, 2)]);
      }
      await expectEachOnce(uids, Math.floor((latest - BEGIN) / MINUTE) + 1);
    },
  );

  test('jumps over starting deadlines: what was passed over is recorded, not lost', async () => {
    const one = await timer();
    await define(one, ['u0'], 60);
    await setClock(BEGIN + 120 * MINUTE);
    await fireAll(one);
    const { rows } = await admin.query<{ count: number }>(
      `SELECT (data->>'count')::int AS count FROM timer.events WHERE type = 'DueInstantsMissed'`,
    );
    expect(rows).toEqual([{ count: 119 }]);
    expect(await runs()).toHaveLength(2); // those of the last minute, and now
  });
});

test('two timers with clocks 5 s apart share the work, and neither is early', {
  timeout: 180_000,
}, async () => {
  const own = await timer();
  const uids = uidsOf(30);
  await Promise.all([otherTimer({ skewMs: 2_500 }), otherTimer({ skewMs: -2_500 })]);
  await define(own, uids);
  for (let minute = 0; minute < 5; minute++) {
    await setClock(BEGIN + minute * MINUTE);
    await expect.poll(async () => (await runs()).length, { timeout: LONG }).toBe(uids.length * (minute + 1));
    await setClock(BEGIN + minute * MINUTE + 59_999);
  }
  await expectEachOnce(uids, 5);
});

describe('a timer with clocks in its hands', { timeout: 180_000 }, () => {
  test('is stopped (SIGSTOP) while another works: that one gets them, and the first decides nothing twice', async () => {
    const [own, other] = [await timer(), await otherTimer({ holds: 'claimed' })];
    const uids = uidsOf(20);
    await define(own, uids);
    await setClock(BEGIN);
    await other.says('claimed');
    other.child.kill('SIGSTOP');
    await fireAll(own);
    expect(await runs()).toHaveLength(10); // the others, at once
    // PostgreSQL takes its locks away from who does nothing in a transaction.
    const all = async () => {
      await fireAll(own);
      return (await runs()).length;
    };
    await expect.poll(all, { timeout: LONG, interval: 250 }).toBe(20);
    other.child.kill('SIGCONT');
    other.child.stdin.write('go\n');
    await setClock(BEGIN + MINUTE);
    await expect.poll(async () => (await runs()).length, { timeout: LONG }).toBe(40); // by the one that was stopped
    await expectEachOnce(uids, 2);
  });

  test('is killed (SIGKILL) between claim and commit: another gets them at once', async () => {
    const [own, other] = [await timer(), await otherTimer({ holds: 'claimed' })];
    await define(own, uidsOf(10));
    await setClock(BEGIN);
    await other.says('claimed');
    other.child.kill('SIGKILL');
    await once(other.child, 'exit');
    const all = async () => {
      await fireAll(own);
      return (await runs()).length;
    };
    await expect.poll(all, { timeout: LONG }).toBe(10);
    await expectEachOnce(uidsOf(10), 1);
  });
});

test('a timer that is killed between commit and publication: another publishes, each once', {
  timeout: 180_000,
}, async () => {
  const [own, other] = [await timer(), await otherTimer()];
  await define(own, uidsOf(10));
  await setClock(BEGIN);
  await expect.poll(async () => (await runs()).length, { timeout: LONG }).toBe(10);
  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  const log = await createEmbeddedEventLog({ url, topics: Object.values(TOPICS).map((name) => ({ name })) });
  undo.push(() => log.close());
  const empty: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };
  const module = TimerModule.forRoot({
    ...{ config: { databaseUrl: url }, log, registry },
    refill: { 'job-registry': empty, 'scheduler-framework': empty },
  });
  await admin.query('UPDATE timer.streams SET next_due_at = NULL'); // by its clock it is another year
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  undo.push(() => app.close());
  const published = async () => {
    const bounds = await log.bounds([TOPICS.triggers]);
    return bounds.reduce((sum, { start, end }) => sum + Number(end) - Number(start), 0);
  };
  await expect.poll(published, { timeout: LONG }).toBe(10);
  await expectEachOnce(uidsOf(10), 1);
});

test('the database restarts in the middle of firing', { timeout: 180_000 }, async () => {
  const server = await startPostgres();
  undo.push(() => server.stop());
  await useDatabase(server.url);
  const parts = await timer();
  const uids = uidsOf(400);
  await define(parts, uids);
  const loop = new TimerLoop(parts.fire, parts.due, { batchSize: 10, claimers: 2 });
  undo.push(() => loop.stop());
  await setClock(BEGIN + 2 * MINUTE);
  loop.start();
  await expect.poll(async () => (await runs()).length, { timeout: LONG, interval: 1 }).toBeGreaterThan(0);
  await server.restart();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const reconnected = admin;
  undo.push(() => reconnected.end());
  await expect.poll(async () => (await runs()).length, { timeout: LONG }).toBe(1200);
  await expectEachOnce(uids, 3);
});
