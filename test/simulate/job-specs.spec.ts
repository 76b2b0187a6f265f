import { compileSchedule } from '@carillon/time';
import { describe, expect, it } from 'vitest';
import { DAY, JobSpecs } from './job-specs.js';
import { readOptions } from './options.js';
import { Random } from './random.js';

const MINUTE_MS = 60_000;
const HOUR = 60;
const NOW = Date.UTC(2026, 2, 28, 22);

/** Of the schedules of 500 jobs, those that are due again and again: the minutes between two instants a year later. */
function periods(everyMinutes: number): number[] {
  const specs = new JobSpecs(new Random(1), { everyMinutes, variety: 1 });
  return Array.from({ length: 500 }, (_, n) => specs.schedule(`job-${n}`, NOW))
    .filter(({ at, until }) => at === undefined && until === undefined)
    .map((schedule) => {
      const compiled = compileSchedule(schedule, 'job');
      const first = compiled.next(NOW + 365 * DAY * MINUTE_MS) ?? NaN;
      return ((compiled.next(first) ?? NaN) - first) / MINUTE_MS;
    });
}

describe('jobs of a simulation', () => {
  it.each([
    ['ten minutes', 10, 10, 10],
    ['an hour', HOUR, HOUR, HOUR],
    ['a day, also one of 23 or 25 hours', DAY, DAY - HOUR, DAY + HOUR],
    ['a week', 7 * DAY, 7 * DAY - HOUR, 7 * DAY + HOUR],
    ['a month, whichever it is', 30 * DAY, 28 * DAY - HOUR, 31 * DAY + HOUR],
  ])('are due once in %s', (_, everyMinutes, least, most) => {
    for (const period of periods(everyMinutes)) {
      expect(period).toBeGreaterThanOrEqual(least);
      expect(period).toBeLessThanOrEqual(most);
    }
  });

  it('cannot be due less often than once a month', () => {
    expect(readOptions(['--every', '43200'])).toMatchObject({ simulation: { everyMinutes: 30 * DAY } });
    expect(() => readOptions(['--every', '43201'])).toThrow('--every is 43201, expected 1 to 43200');
  });
});
