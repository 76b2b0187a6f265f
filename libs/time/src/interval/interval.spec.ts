import { isCarillonError } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';

const first = (interval: string, limit = 4, timezone = 'UTC') =>
  compileSchedule({ interval, timezone })
    .between(Date.UTC(1990, 0), Date.UTC(2400, 0), limit)
    .map(({ local }) => local);

describe('repetitions of ISO 8601', () => {
  test.each([
    ['R/2026-01-01T03:00:00Z/PT8H', ['2026-01-01T03', '2026-01-01T11', '2026-01-01T19']],
    ['R/2026-01-31/P1M', ['2026-01-31T00', '2026-02-28T00', '2026-03-31T00']],
    ['R/2024-02-29T12:00/P1Y', ['2024-02-29T12', '2025-02-28T12', '2026-02-28T12']],
    ['R/20260101T000000Z/P1W', ['2026-01-01T00', '2026-01-08T00', '2026-01-15T00']],
    ['R/2026-01-01T00:00+02:00/P1DT1H', ['2025-12-31T22', '2026-01-01T23', '2026-01-03T00']],
    ['R2/2026-01-01/P10M', ['2026-01-01T00', '2026-11-01T00']],
    ['R1/2026-01-01/PT10M', ['2026-01-01T00']],
    ['R0/2026-01-01/PT10M', []],
  ])('%s', (interval, expected) => {
    expect(first(interval, 3).map((local) => local.slice(0, 13))).toEqual(expected);
  });

  test('count all of their repetitions, and no more', () => {
    expect(first('R100/2026-01-01/P1D', 1000)).toHaveLength(100);
    const rule = compileSchedule({ interval: 'R3/2026-01-01/P1D', timezone: 'UTC' });
    expect(rule.previous(Date.UTC(2400, 0))).toBe(Date.UTC(2026, 0, 3));
    expect(rule.next(Date.UTC(2026, 0, 3))).toBeUndefined();
  });

  test('days move the wall clock, hours are elapsed time', () => {
    const march = ['2024-03-09T02:30:00-05:00', '2024-03-10T03:00:00-04:00', '2024-03-11T02:30:00-04:00'];
    expect(first('R/2024-03-09T02:30/P1D', 3, 'America/New_York')).toEqual(march);
    const elapsed = ['2024-03-09T02:30:00-05:00', '2024-03-10T03:30:00-04:00', '2024-03-11T03:30:00-04:00'];
    expect(first('R/2024-03-09T02:30/PT24H', 3, 'America/New_York')).toEqual(elapsed);
    const november = ['2024-11-02T01:30:00-04:00', '2024-11-03T01:30:00-04:00', '2024-11-04T01:30:00-05:00'];
    expect(first('R/2024-11-02T01:30/P1D', 3, 'America/New_York')).toEqual(november);
  });

  test('a start in a gap is meant as it was written', () => {
    const schedule = compileSchedule({ interval: 'R/2024-03-10T02:30/P1D', timezone: 'America/New_York' });
    expect(schedule.between(0, Date.UTC(2025, 0), 2)).toEqual([
      { at: Date.parse('2024-03-10T07:00Z'), local: '2024-03-10T03:00:00-04:00', shift: 'gap' },
      { at: Date.parse('2024-03-11T06:30Z'), local: '2024-03-11T02:30:00-04:00' },
    ]);
  });

  test('an empty start is the start of the window', () => {
    const from = Date.UTC(2026, 5, 1, 12, 34);
    const schedule = compileSchedule({ interval: 'R1//P1D', timezone: 'UTC', from });
    expect(schedule.next(0)).toBe(from);
    expect(schedule.normal).toBe('R1/2026-06-01T12:34:00Z/P1D');
  });

  test('@every counts from 1970', () => {
    const schedule = compileSchedule({ cron: '@every 90m', timezone: 'Europe/Berlin' });
    expect(schedule.normal).toBe('@every 1h30m');
    expect(schedule.next(Date.UTC(2026, 0, 1, 0, 1))).toBe(Date.UTC(2026, 0, 1, 1, 30));
  });

  test.each([
    ['R/2026-01-01/P3W', 'R/2026-01-01T00:00:00/P21D'],
    ['r007/2026-01-01T01:02:03.5Z/pt0001m', 'R7/2026-01-01T01:02:03.500Z/PT1M'],
    ['R/2026-01-01T00:00+0130/P14M', 'R/2025-12-31T22:30:00Z/P1Y2M'],
  ])('the normal form of %s is %s', (interval, expected) => {
    const normal = (text: string) => compileSchedule({ interval: text, timezone: 'UTC' }).normal;
    expect(normal(interval)).toBe(expected);
    expect(normal(expected)).toBe(expected);
  });

  test.each([
    ['R/2026-01-01/P', 'longer than zero'],
    ['R/2026-01-01/PT0S', 'longer than zero'],
    ['R/2026-01-01/P1H', 'period'],
    ['R/2026-01-01/P1DT', 'period'],
    ['R/2026-01-01/PT0.5S', 'period'],
    ['R//P1D', 'start'],
    ['R/2026-02-30/P1D', 'start'],
    ['R/2026-01-01T24:00/P1D', 'start'],
    ['R/12:00/P1D', 'start'],
    ['R/1026-01-01/P1D', '1900'],
    ['R/2026-01-01T00:00+24:00/P1D', 'start'],
    ['R/2026-01-01T00:00-01:60/P1D', 'start'],
    ['R/2026-01-01T00:00+99:99/P1D', 'start'],
    ['2026-01-01/P1D', 'R[n]/start/period'],
    ['R/2026-01-01/2027-01-01', 'period'],
    ['R99999999999/2026-01-01/P1D', 'repetitions'],
  ])('%s is refused', (interval, reason) => {
    let error: unknown;
    try {
      compileSchedule({ interval, timezone: 'UTC' });
    } catch (thrown) {
      error = thrown;
    }
    expect(isCarillonError(error, 'invalid') && error.code).toBe('intervalInvalid');
    expect((error as Error).message).toContain(reason);
  });

  test('next is the first of all occurrences, for any period and zone', () => {
    const part = (max: number) => fc.integer({ min: 0, max });
    const period = fc
      .tuple(part(2), part(14), part(40), part(30), part(90))
      .filter((parts) => parts.some((value) => value > 0))
      .map(([y, m, d, h, min]) => `P${y}Y${m}M${d}DT${h}H${min}M`);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Rome',
      'America/New_York',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    const seconds = fc.integer({ min: Date.UTC(2005, 0) / 1000, max: Date.UTC(2030, 0) / 1000 });
    fc.assert(
      fc.property(period, zone, seconds, fc.integer({ min: 0, max: 60 }), (text, timezone, start, index) => {
        const local = new Date(start * 1000).toISOString().slice(0, 19);
        const rule = compileSchedule({ interval: `R100/${local}/${text}`, timezone });
        const all = rule.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 100).map(({ at }) => at);
        const at = all[index % all.length] ?? 0;
        expect(rule.next(at - 1)).toBe(at);
        expect(rule.next(at)).toBe(all[(index % all.length) + 1]);
        expect(rule.previous(at + 1)).toBe(at);
        expect(rule.previous(at)).toBe(index % all.length === 0 ? undefined : all[(index % all.length) - 1]);
      }),
      { numRuns: 300 },
    );
  });
});
