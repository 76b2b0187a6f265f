import { describe, expect, test } from 'vitest';
import { compileSchedule } from './compile-schedule.js';
import { cronRuleOf } from './cron/compile-cron.js';
import type { CompiledSchedule } from './schedule.js';
import { offsetsOf, zoneDataVersion } from './zone/offset.js';
import { SAMPLE_MS, Zone } from './zone/zone.js';
import { ZonedRule } from './zone/zoned-rule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const instants = (cron: string, timezone: string, from: string, to: string) => {
  const schedule = compileSchedule({ cron, timezone });
  const found: string[] = [];
  let due = schedule.next(Date.parse(from) - 1);
  while (due !== undefined && due < Date.parse(to)) {
    found.push(new Date(due).toISOString().slice(11, 16));
    due = schedule.next(due);
  }
  return found;
};

describe('New York loses 02:00–03:00 on 2024-03-10 (07:00Z) and repeats 01:00–02:00 on 2024-11-03 (06:00Z)', () => {
  const spring = (cron: string) =>
    instants(cron, 'America/New_York', '2024-03-10T05:00Z', '2024-03-10T12:00Z');
  const autumn = (cron: string) =>
    instants(cron, 'America/New_York', '2024-11-03T04:00Z', '2024-11-03T09:00Z');

  test('a time in the gap is due once, at the first instant after it', () => {
    expect(spring('30 2 * * *')).toEqual(['07:00']);
    expect(spring('15,30,45 2 * * *')).toEqual(['07:00']);
    expect(spring('0 3 * * *')).toEqual(['07:00']);
    expect(spring('30 1-4 * * *')).toEqual(['06:30', '07:00', '07:30', '08:30']);
  });

  test('a time in the overlap is due once, the first time', () => {
    expect(autumn('30 1 * * *')).toEqual(['05:30']);
    expect(autumn('30 0-2 * * *')).toEqual(['04:30', '05:30', '07:30']);
  });

  test('asked within the repeated hour, the answer is after it', () => {
    const schedule = compileSchedule({ cron: '30 1 * * *', timezone: 'America/New_York' });
    expect(schedule.next(Date.parse('2024-11-03T06:10Z'))).toBe(Date.parse('2024-11-04T06:30Z'));
  });

  test('intervals follow elapsed time', () => {
    expect(spring('0 * * * *')).toEqual(['05:00', '06:00', '07:00', '08:00', '09:00', '10:00', '11:00']);
    expect(autumn('0 * * * *')).toEqual(['04:00', '05:00', '06:00', '07:00', '08:00']);
    expect(autumn('*/30 1 * * *')).toEqual(['05:00', '05:30', '06:00', '06:30']);
    expect(spring('*/30 2 * * *')).toEqual([]);
  });
});

test('a day that a zone skipped (Apia, 2011-12-30) is made up for at the first instant after it', () => {
  expect(instants('0 9 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', '2011-12-31T00:00Z')).toEqual([
    '19:00',
    '10:00',
    '19:00',
  ]);
});

describe('every change of every zone from 2000 to 2037', () => {
  const from = Date.UTC(2000, 0);
  const to = Date.UTC(2038, 0);

  test.each(Intl.supportedValuesOf('timeZone'))('%s', (timezone) => {
    const zone = new Zone(offsetsOf(timezone));
    zone.know(from, to);
    const elapsed = elapsedRules(timezone);
    const wrong: string[] = [];
    for (let i = zone.stretchAt(from) + 1; i <= zone.stretchAt(to); i++) {
      const change = zone.startOf(i);
      const [before, after] = [zone.offsetOf(i - 1), zone.offsetOf(i)];
      const middle = change + (before + after) / 2; // a local time in the gap or the overlap
      const minute = Math.floor(middle / MINUTE) * MINUTE;
      const due = after > before ? change : minute - before;
      const when = new Date(change).toISOString();
      for (const schedule of dailyAt(minute, timezone)) {
        const [next = 0, previous = 0] = [schedule.next(due), schedule.previous(due)];
        const right =
          schedule.next(due - 1) === due &&
          schedule.previous(due + 1) === due &&
          next - due > 9.5 * HOUR &&
          due - previous > 9.5 * HOUR;
        if (!right) wrong.push(`${schedule.normal} around ${when}`);
      }
      const around = [change - 1.5 * HOUR, change + 1.5 * HOUR] as const;
      for (const { schedule, every } of elapsed) {
        const expected = String(allMinutes(zone, ...around, every));
        const right =
          String(forwards(schedule, ...around)) === expected &&
          String(backwards(schedule, ...around)) === expected;
        if (!right) wrong.push(`${schedule.normal} around ${when}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  /** That local time each day, by every kind that names times of day. */
  const dailyAt = (minute: number, timezone: string) => {
    const date = new Date(minute);
    const start = new Date(minute - 3 * 24 * HOUR).toISOString().slice(0, 19);
    const cron = `${date.getUTCMinutes()} ${date.getUTCHours()} * * *`;
    return [
      { cron },
      { cron: `0 ${cron} *` },
      { interval: `R/${start}/P1D` },
      { rrule: `DTSTART:${start.replaceAll(/[-:]/g, '')}\nRRULE:FREQ=DAILY` },
    ].map((rule) => compileSchedule({ ...rule, timezone }));
  };

  /** Rules that count elapsed time, and the minutes of the hour at which they are due, whatever the hour. */
  const elapsedRules = (timezone: string) =>
    [
      { cron: '*/5 * * * *', every: 5 },
      { cron: '0 */20 * * * * *', every: 20 },
      { cron: '0 * * * *', every: 60 },
      { rrule: 'DTSTART:19990101T000000\nRRULE:FREQ=HOURLY', every: 60 },
      { rrule: 'DTSTART:19990101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=20', every: 20 },
    ].map(({ every, ...rule }) => ({ schedule: compileSchedule({ ...rule, timezone }), every }));

  const forwards = (schedule: CompiledSchedule, first: number, last: number) => {
    const found: number[] = [];
    for (let at = schedule.next(first - 1); at !== undefined && at <= last; at = schedule.next(at))
      found.push(at);
    return found;
  };

  const backwards = (schedule: CompiledSchedule, first: number, last: number) => {
    const found: number[] = [];
    for (let at = schedule.previous(last + 1); at !== undefined && at >= first; at = schedule.previous(at))
      found.push(at);
    return found.reverse();
  };

  const allMinutes = (zone: Zone, first: number, last: number, every: number) => {
    const minutes: number[] = [];
    for (let at = first; at <= last; at += MINUTE) {
      const local = at + zone.offsetOf(zone.stretchAt(at));
      if ((local / MINUTE) % every === 0) minutes.push(at);
    }
    return minutes;
  };

  test('a sample a day finds no change that the samples of a zone miss', () => {
    for (const timezone of [
      'Africa/Casablanca',
      'Africa/Cairo',
      'Asia/Gaza',
      'Africa/El_Aaiun',
      'Asia/Tehran',
    ]) {
      const offsetAt = offsetsOf(timezone);
      let changes = 0;
      let offset = offsetAt(from);
      for (let day = from; day <= to; day += 86_400_000) {
        if (offsetAt(day) !== offset) changes++;
        offset = offsetAt(day);
      }
      const zone = new Zone(offsetAt);
      zone.know(from, to);
      expect(zone.stretchAt(to) - zone.stretchAt(from), timezone).toBe(changes);
    }
  });
});

test.each(['Asia/Gaza', 'Asia/Hebron'])(
  '%s changes twice within seven days in 2040, whatever was asked first',
  (name) => {
    const offsetAt = offsetsOf(name);
    const between = Date.UTC(2040, 9, 23, 12);
    expect(offsetAt(between)).toBe(3 * HOUR);
    for (let hours = 0; hours < 7 * 24; hours += 1) {
      const zone = new Zone(offsetAt);
      const first = Date.UTC(2036, 0) + hours * HOUR;
      zone.know(first, first);
      expect(zone.localOf(between) - between, `asked first at ${first}`).toBe(3 * HOUR);
    }
  },
);

test.each([
  'Africa/Casablanca',
  'Africa/El_Aaiun',
  'Africa/Cairo',
  'Asia/Gaza',
  'Asia/Hebron',
  'Asia/Tehran',
])('%s never changes twice within a sample, up to 2100', (name) => {
  const offsetAt = offsetsOf(name);
  const step = 12 * HOUR;
  const tooSoon: string[] = [];
  let changed = Number.NEGATIVE_INFINITY;
  let offset = offsetAt(Date.UTC(1900, 0));
  for (let at = Date.UTC(1900, 0); at < Date.UTC(2100, 0); at += step) {
    if (offsetAt(at) === offset) continue;
    offset = offsetAt(at);
    if (at - changed < SAMPLE_MS + step) tooSoon.push(new Date(at).toISOString());
    changed = at;
  }
  expect(tooSoon).toEqual([]);
});

test('a local time of any year is a time of that year', () => {
  const offsetAt = offsetsOf('Etc/GMT-2');
  expect([50, 1950, 2050].map((year) => offsetAt(new Date(0).setUTCFullYear(year)))).toEqual([
    2 * HOUR,
    2 * HOUR,
    2 * HOUR,
  ]);
});

test('another table of offsets gives another instant', () => {
  const today = offsetsOf('Europe/Berlin');
  const abolished = Date.UTC(2027, 2, 1);
  const nextRelease = (instant: number) => today(Math.min(instant, abolished));
  const next = (offsets: typeof today) =>
    new ZonedRule(cronRuleOf('30 3 1 7 *', undefined).rule, new Zone(offsets)).next(Date.UTC(2027, 0));
  expect(next(today)).toBe(Date.UTC(2027, 6, 1, 1, 30));
  expect(next(nextRelease)).toBe(Date.UTC(2027, 6, 1, 2, 30));
  expect(zoneDataVersion()).toMatch(/^20\d\d[a-z]$/);
});

test.each([
  [{ cron: '*/15 2 25 10 * 2026' }, [0, 15, 30, 45, 60, 75, 90, 105]],
  [{ rrule: 'DTSTART:20261025T023000\nRRULE:FREQ=MINUTELY;INTERVAL=15;BYHOUR=2' }, [30, 45, 90, 105]],
])('what begins or ends in an hour that is shown twice is due in both: %j', (rule, minutes) => {
  const schedule = compileSchedule({ ...rule, timezone: 'Europe/Berlin' });
  const from = Date.UTC(2026, 9, 25);
  const due = minutes.map((minute) => from + minute * MINUTE);
  expect(schedule.between(from, from + 2 * HOUR, 10).map(({ at }) => at)).toEqual(due);
  expect(due.map((at) => schedule.previous(at))).toEqual([undefined, ...due.slice(0, -1)]);
});
