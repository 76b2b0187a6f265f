import { prometheusText } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dailyAt, jobDefined, MINUTE, schedule, type TimerRig, timerRig } from '../test/timer-rig.js';
import type { TimerParts } from '../timer-parts.js';
import type { DueClocks } from './due-clocks.js';
import { TimerLoop } from './timer-loop.js';

let rig: TimerRig;
let loops: TimerLoop[] = [];
beforeEach(async () => {
  rig = await timerRig(2);
  loops = [];
});
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await rig.stop();
});

function start({ fire, due }: Pick<TimerParts, 'fire'> & { due: DueClocks }): TimerLoop {
  const loop = new TimerLoop(fire, due, { batchSize: 100, claimers: 2 });
  loops.push(loop);
  loop.start();
  return loop;
}

/** A clock that is due since the last minute but is claimed at `nextDueAt`, as no cron instant is near enough. */
async function armedFor(uid: string, nextDueAt: number): Promise<void> {
  const dueAt = Math.floor((await rig.now()) / MINUTE) * MINUTE;
  await rig.hear(jobDefined({ uid, definedAt: dueAt, schedules: [schedule({ cron: dailyAt(dueAt) })] }));
  await rig.first.database.query('UPDATE streams SET next_due_at = $2 WHERE stream = $1', [
    `clock-${uid}`,
    nextDueAt,
  ]);
}

const fired = () => expect.poll(() => rig.events('RunDue'), { timeout: 10_000, interval: 10 });

test('sleeps until the nearest due instant, by the database’s clock', async () => {
  const nextDueAt = (await rig.now()) + 700;
  await armedFor('u1', nextDueAt);
  start(rig.first);
  await fired().toHaveLength(1);
  const [run] = await rig.events('RunDue');
  if (run?.type !== 'RunDue') return expect.unreachable();
  expect(run.data.decidedAt).toBeGreaterThanOrEqual(nextDueAt);
  expect(run.data.decidedAt).toBeLessThan(nextDueAt + 250);
});

/** The due clocks, counting how often the loop has looked for the nearest. */
function counting({ due }: TimerParts) {
  const counted = {
    asked: 0,
    claim: due.claim.bind(due),
    lock: due.lock.bind(due),
    tell: due.tell.bind(due),
    move: due.move.bind(due),
    nearest: async () => {
      const nearest = await due.nearest();
      setImmediate(() => counted.asked++); // by then the loop sleeps
      return nearest;
    },
  };
  return counted;
}

test('asks the database once when nothing is armed, and never polls', async () => {
  const counted = counting(rig.first);
  const idle = start({ ...rig.first, due: counted });
  await expect.poll(() => counted.asked).toBe(1);
  await armedFor('u1', (await rig.now()) + 1500);
  start(rig.parts[1] ?? rig.first); // finds it, and shows that time passes
  idle.dueAt((await rig.now()) + 31_000); // later than it sleeps
  await fired().toHaveLength(1);
  expect(counted.asked).toBe(1);
  idle.dueAt((await rig.now()) + 10_000);
  await expect.poll(() => counted.asked).toBe(2);
});

test('a nearer arming by another timer wakes a sleeping one', async () => {
  const loop = start(rig.first);
  const listening = await rig.first.due.listen((dueAt) => loop.dueAt(dueAt));
  await armedFor('far', (await rig.now()) + 20_000);
  const other = rig.parts[1] ?? rig.first;
  await armedFor('near', 0);
  await other.database.transaction((tx) => other.due.tell(tx, 0));
  await fired().toHaveLength(1);
  await listening.close();
});

test('metrics tell the lag, the missed and the next due', async () => {
  const dueAt = Math.floor((await rig.now()) / MINUTE) * MINUTE;
  const missedSince = dueAt - 20 * MINUTE;
  await rig.hear(
    jobDefined({ uid: 'u1', definedAt: missedSince, schedules: [schedule({ startingDeadlineSeconds: 70 })] }),
  );
  start(rig.first);
  await expect.poll(() => prometheusText()).toMatch(/^scheduler_next_due_seconds \d/m);
  const text = await prometheusText();
  expect(text).toMatch(/^scheduler_missed_total\{reason="startingDeadlineExceeded"\} (19|20)$/m);
  expect(text).toMatch(/^scheduler_fire_lag_seconds_count\{hop="decided"\} \d+$/m);
});
