import { setTimeout as pause } from 'node:timers/promises';
import { postgresUs, postmasterOf } from './cpu.js';
import { lagsOf, lagText } from './lags.js';
import { hourlyEachSecond, seedClocks } from './seed.js';
import { openStage } from './stage.js';

const ARMED = Number(process.env['BENCH_ARMED'] ?? 1_000_000);
const SLICE_MS = Number(process.env['BENCH_SLICE_SECONDS'] ?? 60) * 1000;
/** To write them, before the first is due. */
const SEED_MS = Math.max(15_000, ARMED / 10);

/** Schedules spread evenly over an hour, as many due in each second of it; a slice of that hour is watched. */
export async function hour(): Promise<void> {
  const stage = await openStage();
  try {
    const timer = await stage.addTimer();
    const from = Math.ceil((await stage.now()) / 1000) * 1000 + SEED_MS;
    await seedClocks(stage.admin, { count: ARMED, schedules: hourlyEachSecond(), from });
    await stage.wake();
    const left = from - (await stage.now());
    if (left < 2_000) throw new Error('the schedules were written too late; use fewer');
    await pause(left - 1_000);
    const server = await postmasterOf(stage.admin);
    const [before, serverBefore, began] = [await timer.usage(), postgresUs(server), performance.now()];
    await pause(SLICE_MS + 2_000);
    const [after, serverAfter, ms] = [await timer.usage(), postgresUs(server), performance.now() - began];
    const lags = await lagsOf(stage.admin, from, from + SLICE_MS);
    const due = Math.round((ARMED * SLICE_MS) / 3_600_000);
    if (Math.abs(lags.runs - due) > due / 100 + 3) throw new Error(`${lags.runs} runs, ${due} were due`);
    const share = (us: number) => `${((us / 1000 / ms) * 100).toFixed(1)} %`;
    console.log(
      `${ARMED} schedules spread over an hour, ${SLICE_MS / 1000} s of it: ${lags.runs} due, ${lagText(lags)} (aim: p99 under 250 ms); ` +
        `memory of the timer ${mb(after.rss)}, at most ${mb(after.maxRss)} (aim: under 300 MB); ` +
        `of a core the timer took ${share(after.cpuUs - before.cpuUs)}, PostgreSQL ${share(serverAfter - serverBefore)}; through ${stage.broker}`,
    );
  } finally {
    await stage.stop();
  }
}

const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
