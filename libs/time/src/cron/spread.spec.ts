import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';

const DAY = 86_400_000;
const times = (cron: string, seed: string, days = 1) =>
  compileSchedule({ cron, timezone: 'UTC' }, seed)
    .between(0, days * DAY, 2000)
    .map(({ at }) => (at / 60_000) % 1440);
const seeds = Array.from({ length: 400 }, (_, index) => `job.${index}`);

describe('H and ~ are spread by the id of the job', () => {
  test('the same for the same job, and kept as written', () => {
    expect(times('H H * * *', 'prod.backup')).toEqual(times('h h * * *', 'prod.backup'));
    expect(compileSchedule({ cron: 'h H(0-7) ~ * 1~5', timezone: 'UTC' }, 'a').normal).toBe(
      'H H(0-7) ~ * 1~5',
    );
    expect(times('H H * * *', 'prod.backup')).not.toEqual(times('H H * * *', 'prod.restore'));
  });

  test('over the whole range and within it', () => {
    const minutes = seeds.flatMap((seed) => times('H 5 * * *', seed).map((time) => time - 300));
    expect(new Set(minutes).size).toBeGreaterThan(55);
    expect([Math.min(...minutes), Math.max(...minutes)]).toEqual([0, 59]);
    const hours = new Set(seeds.flatMap((seed) => times('0 H(2-4) * * *', seed)));
    expect([...hours].sort((a, b) => a - b)).toEqual([120, 180, 240]);
    const evenings = new Set(seeds.flatMap((seed) => times('0 22~ * * *', seed)));
    expect([...evenings].sort((a, b) => a - b)).toEqual([1320, 1380]);
  });

  test('with a step, every n-th from one of the first n', () => {
    const offsets = new Set<number>();
    for (const seed of seeds) {
      const [first = -1, ...others] = times('H/15 3 * * *', seed).map((time) => time - 180);
      expect(first).toBeLessThan(15);
      expect(others).toEqual([first + 15, first + 30, first + 45]);
      expect(times('~/15 3 * * *', seed)).toEqual(times('H/15 3 * * *', seed));
      offsets.add(first);
    }
    expect(offsets.size).toBe(15);
    expect(times('H(0-29)/10 3 * * *', 'x')).toHaveLength(3);
  });

  test('the day of the month exists in every month', () => {
    for (const seed of seeds) expect(times('0 0 H * *', seed, 365)).toHaveLength(12);
  });

  test('a spread of time counts elapsed time as a star does', () => {
    const due = compileSchedule({ cron: 'H/30 1 * * *', timezone: 'America/New_York' }, 'x');
    const night = [Date.parse('2024-11-03T04:00Z'), Date.parse('2024-11-03T12:00Z')] as const;
    expect(due.between(...night, 9)).toHaveLength(4);
    const fixed = compileSchedule({ cron: 'H 1 * * *', timezone: 'America/New_York' }, 'x');
    expect(fixed.between(...night, 9)).toHaveLength(1);
  });
});
