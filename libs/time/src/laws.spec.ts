import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from './compile-schedule.js';
import type { ScheduleFields } from './rule-spec.js';

const zones = [
  'UTC',
  'Europe/Rome',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
];
const timezone = fc.constantFrom(...zones);
const instant = fc
  .integer({ min: Date.UTC(2001, 0) / 1000, max: Date.UTC(2037, 0) / 1000 })
  .map((second) => second * 1000);

const value = (min: number, max: number) => fc.integer({ min, max }).map(String);
const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    value(min, max),
    fc.integer({ min: 2, max: max - min }).map((step) => `*/${step}`),
    fc.tuple(value(min, max), value(min, max)).map((pair) => pair.join(',')),
  );
const five = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((fields) => fields.join(' '));
const cron = fc.oneof(
  five,
  fc.tuple(field(0, 59), five).map(([second, rest]) => `${second} ${rest} *`),
  fc.constantFrom(
    '0 0 LW * *',
    '30 2 15W * *',
    '0 3 * * 5L',
    '15 1 * * 2#3',
    'H H * * *',
    'H/20 H(1-3) * * *',
    '@every 35m',
  ),
);
const period = fc.constantFrom('PT1H', 'PT35M', 'P1D', 'P1W', 'P1M', 'P1Y', 'P1MT12H', 'P3DT1S');
const rrule = fc.constantFrom(
  'FREQ=DAILY',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=2,3',
  'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
  'FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30',
  'FREQ=MINUTELY;INTERVAL=25;BYHOUR=1,2',
);
const local = fc
  .integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2001, 0) / 1000 })
  .map((second) => new Date(second * 1000).toISOString().slice(0, 19));
const rule: fc.Arbitrary<Omit<ScheduleFields, 'timezone'>> = fc.oneof(
  cron.map((text) => ({ cron: text })),
  fc.tuple(local, period).map(([start, text]) => ({ interval: `R/${start}/${text}` })),
  fc.tuple(local, rrule).map(([start, text]) => ({
    rrule: `DTSTART:${start.replaceAll(/[-:]/g, '')}\nRRULE:${text}`,
  })),
);
const excluded = fc.constantFrom('', '', 'weekends', '2010-01-01/P3000D\nweekends');
const schedule = fc
  .tuple(rule, timezone, excluded)
  .map(([fields, zone, excludedCalendar]) =>
    compileSchedule(
      { ...fields, timezone: zone, ...(excludedCalendar === '' ? {} : { excludedCalendar }) },
      'some.job',
    ),
  );

describe('laws that hold for every kind', () => {
  test('next and previous are each other’s inverse, and nothing lies between', () => {
    fc.assert(
      fc.property(schedule, instant, (due, at) => {
        const next = due.next(at);
        const previous = due.previous(at);
        if (next !== undefined) {
          expect(next).toBeGreaterThan(at);
          expect(due.next(next - 1)).toBe(next);
          expect(due.previous(next + 1)).toBe(next);
          expect(due.next(at + Math.floor((next - 1 - at) / 2))).toBe(next);
          expect(due.previous(next) ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(at);
        }
        if (previous === undefined) return;
        expect(previous).toBeLessThan(at);
        expect(due.previous(previous + 1)).toBe(previous);
        expect(due.next(previous) ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at);
      }),
      { numRuns: 1500 },
    );
  });

  test('between is next, iterated', () => {
    fc.assert(
      fc.property(schedule, instant, fc.integer({ min: 0, max: 90 }), (due, from, days) => {
        const to = from + days * 86_400_000;
        const expected: number[] = [];
        let at = due.next(from - 1);
        for (; at !== undefined && at < to && expected.length < 50; at = due.next(at)) expected.push(at);
        expect(due.between(from, to, 50).map((instants) => instants.at)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('the normal form means the same', () => {
    fc.assert(
      fc.property(rule, timezone, instant, (fields, zone, at) => {
        const compiled = compileSchedule({ ...fields, timezone: zone }, 'some.job');
        const again = compileSchedule({ [compiled.kind]: compiled.normal, timezone: zone }, 'some.job');
        expect(again.normal).toBe(compiled.normal);
        expect(again.next(at)).toBe(compiled.next(at));
      }),
      { numRuns: 500 },
    );
  });

  test('where cron-parser and croner agree, so do we', () => {
    let agreed = 0;
    const days = fc.oneof(fc.tuple(field(1, 28), fc.constant('*')), fc.tuple(fc.constant('*'), field(0, 6)));
    const expressions = fc
      .tuple(field(0, 59), field(0, 23), days, field(1, 12))
      .filter(([minute, hour]) => ![minute, hour].some((text) => /^(\d+),\1$/.test(text)))
      .map(
        ([minute, hour, [dayOfMonth, dayOfWeek], month]) =>
          `${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek}`,
      )
      .filter((text) => !/(?:^| )(\d+),\1(?: |$)/.test(text)); // cron-parser refuses a value twice
    fc.assert(
      fc.property(expressions, timezone, instant, (text, zone, at) => {
        const parser = byCronParser(text, zone, at);
        const croner = new Cron(text, { timezone: zone }).nextRun(new Date(at))?.getTime();
        if (parser === undefined || parser !== croner) return;
        agreed++;
        expect(compileSchedule({ cron: text, timezone: zone }).next(at)).toBe(parser);
      }),
      { numRuns: 300 },
    );
    expect(agreed).toBeGreaterThan(250);
  });
});

/** It gives up on some seldom ones. */
function byCronParser(text: string, tz: string, at: number): number | undefined {
  const expression = CronExpressionParser.parse(text, { tz, currentDate: new Date(at) });
  try {
    return expression.next().getTime();
  } catch (error) {
    expect(error).toMatchObject({ message: 'Invalid expression, loop limit exceeded' });
    return undefined;
  }
}
