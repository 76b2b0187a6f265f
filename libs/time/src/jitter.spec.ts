import { expect, test } from 'vitest';
import { jitterMs } from './jitter.js';

test('jitter is the same for the same job and instant, and spreads both over the window', () => {
  expect(jitterMs('prod.backup', 1_000, 60)).toBe(jitterMs('prod.backup', 1_000, 60));
  const overJobs = Array.from({ length: 1000 }, (_, index) => jitterMs(`job.${index}`, 1_000, 60));
  const overInstants = Array.from({ length: 1000 }, (_, index) =>
    jitterMs('prod.backup', index * 60_000, 60),
  );
  for (const values of [overJobs, overInstants]) {
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(60_000);
    const tenths = new Set(values.map((ms) => Math.floor(ms / 6000)));
    expect(tenths.size).toBe(10);
  }
  expect(jitterMs('prod.backup', 1_000, 0)).toBe(0);
});
