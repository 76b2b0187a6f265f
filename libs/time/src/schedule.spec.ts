import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from './compile-schedule.js';

const next = (cron: string, after: string, timezone = 'UTC') => {
  const instant = compileSchedule({ cron, timezone }).next(Date.parse(after));
  return instant === undefined ? 'never' : new Date(instant).toISOString().replace(':00.000Z', 'Z');
};

describe('the instants that Metronome pins', () => {
  test.each([
    ['0 9 1-7 * 1', '2017-11-06T09:00Z'],
    ['0 9 1-7 * 1-5', '2017-10-03T09:00Z'],
    ['0 9 1-7 * 6-7', '2017-10-07T09:00Z'],
    ['0 9 8-14 * 1-5', '2017-10-09T09:00Z'],
    ['0 9 22-28 * 6-7', '2017-10-22T09:00Z'],
    ['* * * * 3', '2017-10-04T00:00Z'],
    ['* * */1 * 3', '2017-10-04T00:00Z'],
    ['0 0 20-31 2 *', '2018-02-20T00:00Z'],
    ['0 0 29 2 *', '2020-02-29T00:00Z'],
  ])('%s after 2017-10-02 10:00 is %s', (cron, expected) => {
    expect(next(cron, '2017-10-02T10:00Z')).toBe(expected);
  });

  test.each([
    ['2017-04-25T00:00Z', '2017-05-01T00:00Z'],
    ['2017-07-28T00:00Z', '2017-07-31T00:00Z'],
    ['2017-12-27T00:00Z', '2018-01-01T00:00Z'],
    ['2018-04-29T00:00Z', '2018-04-30T00:00Z'],
    ['2018-09-30T00:00Z', '2018-10-01T00:00Z'],
    ['2018-12-26T00:00Z', '2018-12-31T00:00Z'],
  ])('* * * * 1 after %s is %s', (after, expected) => {
    expect(next('* * * * 1', after)).toBe(expected);
  });

  test('a late evening in Rome across the change to summer time', () => {
    expect(next('55 23 * * *', '2019-03-30T22:55Z', 'Europe/Rome')).toBe('2019-03-31T21:55Z');
  });
});

describe('marks and years', () => {
  test.each([
    ['0 0 L * *', '2024-02-01T00:00Z', '2024-02-29T00:00Z'],
    ['0 0 L-3 * *', '2023-02-01T00:00Z', '2023-02-25T00:00Z'],
    ['0 0 LW * *', '2024-06-01T00:00Z', '2024-06-28T00:00Z'],
    ['0 0 15W * *', '2024-06-01T00:00Z', '2024-06-14T00:00Z'],
    ['0 0 1W * *', '2024-05-31T12:00Z', '2024-06-03T00:00Z'],
    ['0 0 31W * *', '2024-08-01T00:00Z', '2024-08-30T00:00Z'],
    ['0 0 30W 6 *', '2024-06-01T00:00Z', '2024-06-28T00:00Z'],
    ['0 0 * * 5L', '2024-06-01T00:00Z', '2024-06-28T00:00Z'],
    ['0 0 * * MON#2', '2024-06-01T00:00Z', '2024-06-10T00:00Z'],
    ['0 0 * * MON#5', '2024-06-01T00:00Z', '2024-07-29T00:00Z'],
    ['0 0 * * 1#1,3#1', '2024-06-04T00:00Z', '2024-06-05T00:00Z'],
    ['0 0 29 2 1', '2024-03-01T00:00Z', '2044-02-29T00:00Z'],
    ['0 12 1 1 * 2030,2028', '2026-05-01T00:00Z', '2028-01-01T12:00Z'],
    ['0 12 1 1 * */10', '2026-05-01T00:00Z', '2030-01-01T12:00Z'],
    ['0 12 1 1 * 2028', '2028-01-01T12:00Z', 'never'],
    ['0 12 1 1 * 1999', '2026-05-01T00:00Z', 'never'],
    ['0 0 * * 7-7', '2024-06-03T00:00Z', '2024-06-09T00:00Z'],
    ['0 0 * * FRI-MON', '2024-06-03T00:00Z', '2024-06-07T00:00Z'],
    ['0 0 * * 5/2', '2024-06-07T00:00Z', '2024-06-09T00:00Z'],
    ['59 23 31 12 *', '2024-12-31T23:58:59.999Z', '2024-12-31T23:59Z'],
    ['59 23 31 12 *', '2024-12-31T23:59Z', '2025-12-31T23:59Z'],
  ])('%s after %s is %s', (cron, after, expected) => {
    expect(next(cron, after)).toBe(expected);
  });

  test('no instant is computed outside the calendar', () => {
    expect(compileSchedule({ cron: '* * * * *', timezone: 'Europe/Rome' }).next(8.64e15)).toBeUndefined();
    expect(compileSchedule({ cron: '* * * * *', timezone: 'UTC' }).next(Number.NaN)).toBeUndefined();
  });
});

const listOf = (min: number, max: number) => {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: max - min + 1 });
  const values = fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((list) => list.join(','));
  return fc.oneof(
    fc.constant('*'),
    values, // cron-parser refuses lists that name a value twice
    range,
    fc.tuple(range, step).map(([r, s]) => `${r}/${s}`),
    step.map((s) => `*/${s}`),
  );
};
const instant = fc
  .integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2037, 0) / 1000 })
  .map((s) => s * 1000);
// cron-parser joins the two day fields by OR, so only one of them is restricted.
const days = fc.oneof(
  fc.tuple(fc.oneof(listOf(1, 28), fc.constant('L')), fc.constant('*')),
  fc.tuple(fc.constant('*'), fc.oneof(listOf(0, 6), fc.constantFrom('5L', '2#3', '0#5'))),
);
const expression = fc
  .tuple(listOf(0, 59), listOf(0, 23), days, listOf(1, 12))
  .map(
    ([minute, hour, [dayOfMonth, dayOfWeek], month]) =>
      `${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek}`,
  );

describe('laws', () => {
  test('agrees with cron-parser in UTC', () => {
    fc.assert(
      fc.property(expression, instant, (cron, after) => {
        const theirs = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(after) });
        expect(compileSchedule({ cron, timezone: 'UTC' }).next(after)).toBe(theirs.next().getTime());
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca'])(
    'is strictly later, skips nothing and repeats nothing in %s',
    (timezone) => {
      fc.assert(
        fc.property(expression, instant, fc.integer({ min: 0, max: 1e9 }), (cron, after, back) => {
          const schedule = compileSchedule({ cron, timezone });
          const due = schedule.next(after) ?? 0;
          expect(due).toBeGreaterThan(after);
          // Asked from anywhere between the instant before and this one, the answer is the same or an earlier one.
          const earlier = schedule.next(after - back) ?? 0;
          expect(earlier).toBeLessThanOrEqual(due);
          expect(schedule.next(due - 1)).toBe(due);
          expect(schedule.next(after + Math.floor((due - 1 - after) / 2))).toBe(due);
        }),
        { numRuns: 1000 },
      );
    },
  );
});
