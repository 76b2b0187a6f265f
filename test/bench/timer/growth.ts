import { setTimeout as pause } from 'node:timers/promises';
import { lagsOf, lagText } from './lags.js';
import { dailyAt, seedClocks } from './seed.js';
import { openStage } from './stage.js';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const AT_ONCE = 1_000;
const DAY = 86_400_000;

/** The same 1,000 due at once, beside more and more schedules in the same table. */
export async function growth(): Promise<void> {
  const stage = await openStage();
  try {
    const timer = await stage.addTimer();
    let armed = 0;
    for (const size of SIZES) {
      const later = (await stage.now()) + DAY / 2;
      const others = size - armed - AT_ONCE;
      if (others > 0) {
        const schedules = dailyAt(Math.floor(later / 1000) * 1000);
        await seedClocks(stage.admin, { count: others, schedules, from: later - 60_000 });
      }
      const dueAt = Math.ceil((await stage.now()) / 1000) * 1000 + 5_000 + Math.ceil(size / 100_000) * 1_000;
      await seedClocks(stage.admin, { count: AT_ONCE, schedules: dailyAt(dueAt), from: dueAt - 1_000 });
      armed = size;
      await stage.wake();
      const left = dueAt - (await stage.now());
      if (left < 500) throw new Error('the schedules were written too late');
      await pause(left + 3_000);
      const lags = await lagsOf(stage.admin, dueAt, dueAt + 1);
      if (lags.runs !== AT_ONCE) throw new Error(`${lags.runs} runs for ${AT_ONCE} schedules`);
      const { rss } = await timer.usage();
      console.log(
        `${size} armed, ${AT_ONCE} due at once: ${lagText(lags)}; memory of the timer ${Math.round(rss / 1e6)} MB`,
      );
    }
  } finally {
    await stage.stop();
  }
}
