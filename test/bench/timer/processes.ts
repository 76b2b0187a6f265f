import { setTimeout as pause } from 'node:timers/promises';
import { lagsOf, lagText } from './lags.js';
import { dailyAt, seedClocks } from './seed.js';
import { openStage } from './stage.js';

const SCHEDULES = Number(process.env['BENCH_SCHEDULES'] ?? 100_000);
const DEADLINE_MS = 120_000;

/** The same due instant for all: one timer, then two on the same database. */
export async function processes(): Promise<void> {
  let one = 0;
  for (const count of [1, 2]) {
    const ms = await atOnce(count);
    if (count === 1) one = ms;
    else console.log(`two timers against one: ${(one / ms).toFixed(2)} times the rate`);
  }
}

/** How long after the due instant the last event is written. */
async function atOnce(timers: number): Promise<number> {
  const stage = await openStage();
  try {
    for (let i = 0; i < timers; i++) await stage.addTimer();
    const dueAt = Math.ceil((await stage.now()) / 1000) * 1000 + 10_000;
    await seedClocks(stage.admin, { count: SCHEDULES, schedules: dailyAt(dueAt), from: dueAt - 1_000 });
    await stage.wake();
    if ((await stage.now()) > dueAt - 500) throw new Error('the schedules were written too late; use fewer');
    await pause(dueAt - (await stage.now()));
    let published = 0;
    const until = dueAt + DEADLINE_MS;
    while ((published = await stage.published()) < SCHEDULES && (await stage.now()) < until) await pause(250);
    const publishedMs = (await stage.now()) - dueAt;
    const lags = await lagsOf(stage.admin, dueAt, dueAt + 1);
    if (lags.runs !== SCHEDULES || published !== SCHEDULES) {
      throw new Error(`${lags.runs} runs, ${published} published, for ${SCHEDULES} schedules`);
    }
    console.log(
      `${SCHEDULES} due at once, ${timers} ${timers === 1 ? 'timer' : 'timers'}: ${lagText(lags)} ` +
        `(${Math.round((SCHEDULES / lags.max) * 1000)} events/s); all in ${stage.broker} after ${(publishedMs / 1000).toFixed(1)} s`,
    );
    return lags.max;
  } finally {
    await stage.stop();
  }
}
