import type { Append, Transaction } from '@carillon/event-store';
import { prometheusText } from '@carillon/service-runtime';
import { runIdOf } from '@carillon/time';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settleClocks } from '../adapters/postgres/settle-clocks.js';
import { FireDueClocks } from './fire-due-clocks.js';
import {
  dailyAt,
  jobDefined,
  jobRemoved,
  MINUTE,
  schedule,
  type TimerRig,
  timerRig,
} from '../test/timer-rig.js';

let rig: TimerRig;
beforeEach(async () => {
  rig = await timerRig(2);
});
afterEach(() => rig.stop());

/** The last whole minute, by the database's clock. */
const lastMinute = async () => Math.floor((await rig.now()) / MINUTE) * MINUTE;
const dueOnce = (uid: string, dueAt: number, fields = {}) =>
  jobDefined({ uid, definedAt: dueAt, schedules: [schedule({ cron: dailyAt(dueAt) })], ...fields });

test('two timers share two thousand due clocks, and each fires once', async () => {
  const dueAt = await lastMinute();
  const uids = Array.from({ length: 2000 }, (_, index) => `u${index}`);
  await rig.hear(...uids.map((uid) => dueOnce(uid, dueAt)));
  const [one, other] = rig.parts;
  await Promise.all([rig.fireAll(one, 100), rig.fireAll(other, 100)]);
  const runs = await rig.events('RunDue');
  expect(runs).toHaveLength(2000);
  expect(new Set(runs.map(({ stream }) => stream)).size).toBe(2000);
  const next = await rig.nextDue();
  expect(next).toHaveLength(2000);
  expect(new Set(next.map((row) => row.dueAt))).toEqual(new Set([dueAt + 1440 * MINUTE]));
});

test('what is decided says which run, when, by which revision', async () => {
  const dueAt = await lastMinute();
  await rig.hear(dueOnce('u1', dueAt, { revision: 4 }));
  await rig.fireAll();
  const [run] = await rig.events('RunDue');
  const runId = runIdOf({ uid: 'u1', scheduleId: 'main', dueAt });
  expect(run?.data).toMatchObject({
    jobId: 'job-u1',
    uid: 'u1',
    revision: 4,
    runId,
    scheduleId: 'main',
    dueAt,
  });
  expect(run?.metadata).toMatchObject({ correlationId: runId });
});

test('the lag that is reported ends at the commit, not at the decision', async () => {
  const sumOfLags = async () =>
    Number(/^scheduler_fire_lag_seconds_sum\{hop="decided"\} (\S+)$/m.exec(await prometheusText())?.[1] ?? 0);
  await rig.hear(dueOnce('u1', await lastMinute()));
  const { database, store, due } = rig.first;
  const slow = Object.assign(Object.create(store) as typeof store, {
    record: async (tx: Transaction, appends: Iterable<Append>) => {
      await store.record(tx, appends);
      await tx.query('SELECT pg_sleep(0.2)');
    },
  });
  const before = await sumOfLags();
  await new FireDueClocks(database, slow, due).batch(10);
  const [run] = await rig.events('RunDue');
  if (run?.type !== 'RunDue') return expect.unreachable('it has not fired');
  const decidedAfter = (run.data.decidedAt - run.data.dueAt) / 1000;
  expect((await sumOfLags()) - before).toBeGreaterThanOrEqual(decidedAfter + 0.2);
});

describe('an end between claim and commit', () => {
  test('leaves the clock due, and it fires once', async () => {
    const dueAt = await lastMinute();
    await rig.hear(dueOnce('u1', dueAt));
    const { database, store, due } = rig.first;
    const dying = new FireDueClocks(
      database,
      Object.assign(Object.create(store) as typeof store, {
        // After the append: the backend goes away, as when the process is killed.
        record: async (tx: Transaction, appends: Iterable<Append>) => {
          expect(await store.append(tx, [...appends])).toHaveLength(1);
          await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
        },
      }),
      due,
    );
    await expect(dying.batch(10)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await rig.events('RunDue')).toEqual([]);
    await rig.fireAll();
    expect(await rig.events('RunDue')).toHaveLength(1);
  });

  test('by a timer that still holds it leaves the rest to the other, at once', async () => {
    const dueAt = await lastMinute();
    await rig.hear(dueOnce('u1', dueAt), dueOnce('u2', dueAt));
    const [one, other] = rig.parts;
    await one?.database.transaction(async (tx) => {
      expect((await one.due.claim(tx, 1)).clocks).toHaveLength(1);
      await rig.fireAll(other);
      expect(await rig.events('RunDue')).toHaveLength(1);
    });
    await rig.fireAll(other);
    expect(await rig.events('RunDue')).toHaveLength(2);
  });
});

describe('after a downtime', () => {
  test('every instant is a run within the starting deadline, or missed before it', async () => {
    const until = await lastMinute();
    const definedAt = until - 29 * MINUTE;
    await rig.hear(
      jobDefined({ uid: 'u1', definedAt, schedules: [schedule({ startingDeadlineSeconds: 605 })] }),
    );
    await rig.fireAll();
    const [missed] = await rig.events('DueInstantsMissed');
    const runs = await rig.events('RunDue');
    if (missed?.type !== 'DueInstantsMissed') return expect.unreachable('nothing was missed');
    expect(missed.data.firstDueAt).toBe(definedAt);
    expect(missed.data.lastDueAt).toBe(definedAt + (missed.data.count - 1) * MINUTE);
    const instants = runs.map((run) => (run.type === 'RunDue' ? run.data.dueAt : 0));
    expect(instants).toEqual(instants.map((_, index) => missed.data.lastDueAt + (index + 1) * MINUTE));
    expect(instants.at(-1)).toBeGreaterThanOrEqual(until);
    expect(runs.length).toBeGreaterThanOrEqual(10);
    expect(runs.length).toBeLessThanOrEqual(12);
  });

  test('more than fits one transaction is decided by several', async () => {
    const definedAt = (await lastMinute()) - 249 * MINUTE;
    await rig.hear(
      jobDefined({ uid: 'u1', definedAt, schedules: [schedule({ startingDeadlineSeconds: 86_400 })] }),
    );
    expect(await rig.first.fire.batch(10)).toBe(1);
    expect(await rig.events('RunDue')).toHaveLength(100);
    await rig.fireAll();
    expect((await rig.events('RunDue')).length).toBeGreaterThanOrEqual(250);
  });

  test('a transaction that has become long ends after the clock in hand, and the rest is decided by the next', async () => {
    const dueAt = await lastMinute();
    await rig.hear(...['u1', 'u2', 'u3', 'u4'].map((uid) => dueOnce(uid, dueAt)));
    let elapsed = 0;
    const { database, store, due } = rig.first;
    const slow = new FireDueClocks(database, store, due, () => (elapsed += 300));
    expect(await slow.batch(10)).toBe(4);
    expect(await rig.events('RunDue')).toHaveLength(2);
    await slow.batch(10);
    expect(await rig.events('RunDue')).toHaveLength(4);
  });
});

describe('an edit and a removal', () => {
  test('at the due instant: one run, of the new revision; what was due before it is of the old one', async () => {
    const dueAt = await lastMinute();
    await rig.hear(jobDefined({ uid: 'u1', definedAt: dueAt - MINUTE })); // due every minute
    await rig.hear(dueOnce('u1', dueAt, { revision: 2 }));
    await rig.fireAll();
    const runs = (await rig.events('RunDue')).map((run) =>
      run.type === 'RunDue' ? [run.data.dueAt, run.data.revision] : [],
    );
    expect(runs).toEqual([
      [dueAt - MINUTE, 1],
      [dueAt, 2],
    ]);
  });

  test('heard of after the instant was decided: still one run', async () => {
    const dueAt = await lastMinute();
    await rig.hear(dueOnce('u1', dueAt));
    await rig.fireAll();
    await rig.hear(dueOnce('u1', dueAt, { revision: 2 }));
    await rig.fireAll();
    expect(await rig.events('RunDue')).toHaveLength(1);
    expect(await rig.nextDue()).toEqual([{ stream: 'clock-u1', dueAt: dueAt + 1440 * MINUTE }]);
  });

  test('heard of while the clock is claimed waits for the decision, and goes on from it', async () => {
    const dueAt = await lastMinute();
    await rig.hear(dueOnce('u1', dueAt));
    const other = rig.parts[1] ?? rig.first;
    let heard: Promise<unknown> | undefined;
    const { database, store, due } = rig.first;
    const interrupted = Object.assign(Object.create(store) as typeof store, {
      record: async (tx: Transaction, appends: Iterable<Append>) => {
        heard = other.database.transaction((tx2) => other.hearJobs(tx2, [jobRemoved('u1', dueAt + 1)]));
        heard.catch(() => undefined); // awaited below
        const waits = () => other.database.query('SELECT 1 FROM pg_locks WHERE NOT granted');
        await expect.poll(async () => (await waits()).length, { timeout: 5_000 }).toBeGreaterThan(0);
        await store.record(tx, appends);
      },
    });
    await new FireDueClocks(database, interrupted, due).batch(10);
    await heard;
    await rig.fireAll();
    expect((await rig.events()).map(({ type }) => type)).toEqual([
      'ScheduleArmed',
      'RunDue',
      'ScheduleDisarmed',
    ]);
    expect(await rig.nextDue()).toEqual([]);
  });

  test('removed: what was due before is decided, nothing after', async () => {
    const dueAt = await lastMinute();
    await rig.hear(
      dueOnce('u1', dueAt),
      jobRemoved('u1', dueAt + 1),
      dueOnce('u2', dueAt),
      jobRemoved('u2', dueAt),
    );
    await rig.fireAll();
    expect((await rig.events('RunDue')).map(({ stream }) => stream)).toEqual(['clock-u1']);
    expect(await rig.nextDue()).toEqual([]);
  });

  test('the same message twice changes nothing', async () => {
    const dueAt = await lastMinute();
    const message = dueOnce('u1', dueAt);
    await rig.hear(message, message);
    await rig.hear(message);
    await rig.fireAll();
    expect((await rig.events()).map(({ type }) => type)).toEqual(['ScheduleArmed', 'RunDue']);
  });
});

test('a clock that cannot be decided does not stop the others', async () => {
  const dueAt = await lastMinute();
  await rig.hear(dueOnce('u1', dueAt), dueOnce('u2', dueAt));
  await rig.first.database.query(
    `UPDATE streams SET state = replace(state::text, '"UTC"', '"Mars/Olympus"')::json WHERE stream = 'clock-u1'`,
  );
  await rig.fireAll();
  expect((await rig.events('RunDue')).map(({ stream }) => stream)).toEqual(['clock-u2']);
  const [putOff] = await rig.nextDue();
  expect(putOff?.dueAt).toBeGreaterThan(await rig.now());
});

test('a schedule that cannot be decided stops its clock for no longer than the others are not due', async () => {
  const now = await rig.now();
  const schedules = [schedule({ cron: '* * * * * * *' }), schedule({ id: 'lost', timezone: 'Europe/Rome' })];
  await rig.hear(jobDefined({ uid: 'u1', definedAt: now, schedules }));
  await rig.first.database.query(
    `UPDATE streams SET state = replace(state::text, 'Europe/Rome', 'Mars/Olympus')::json`,
  );
  await expect.poll(() => rig.now(), { interval: 50 }).toBeGreaterThan(now + 1_000);
  await rig.fireAll();
  expect(await rig.events('RunDue')).not.toEqual([]);
  const [putOff] = await rig.nextDue();
  expect(putOff?.dueAt).toBeLessThanOrEqual((await rig.now()) + 1_000);
});

test('a clock whose instant was moved by new zone data is moved, not fired', async () => {
  const dueAt = await lastMinute();
  await rig.hear(dueOnce('u1', dueAt + 60 * MINUTE));
  const moveTo = (instant: number) =>
    rig.first.database.query(
      `UPDATE streams SET next_due_at = $1, state = jsonb_set(state::jsonb, '{nextDueAt}', to_jsonb($1::bigint))::json`,
      [instant],
    );
  await moveTo(dueAt);
  await rig.fireAll();
  expect(await rig.events('RunDue')).toEqual([]);
  expect(await rig.nextDue()).toEqual([{ stream: 'clock-u1', dueAt: dueAt + 60 * MINUTE }]);
  await moveTo(dueAt + 7 * MINUTE);
  expect(await settleClocks(rig.first.database)).toBe(1);
  expect(await settleClocks(rig.first.database)).toBe(0);
  expect(await rig.nextDue()).toEqual([{ stream: 'clock-u1', dueAt: dueAt + 60 * MINUTE }]);
});

test('the states, next due instants included, are what the events lead to', async () => {
  const dueAt = await lastMinute();
  await rig.hear(
    dueOnce('u1', dueAt),
    dueOnce('u2', dueAt),
    dueOnce('u2', dueAt, {
      revision: 2,
      schedules: [schedule({ cron: '0 4 * * *', timezone: 'Europe/Rome' })],
    }),
    dueOnce('u3', dueAt),
    jobRemoved('u3', dueAt + 1),
    jobDefined({ uid: 'u4', definedAt: dueAt - 40 * MINUTE }),
    jobDefined({ uid: 'u5', definedAt: dueAt, schedules: [] }),
  );
  await rig.first.fire.batch(3);
  expect(await rig.nextDue()).toHaveLength(3);
  expect(await rig.first.clocks.rebuild({ repair: false })).toEqual({ streams: 4, differing: [] });
  expect(await settleClocks(rig.first.database)).toBe(0);
});
