import { describe, expect, test } from 'vitest';
import { compileSchedule } from './compile-schedule.js';
import { offsetsOf } from './zone/offset.js';
import { Zone } from './zone/zone.js';

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
    const everyMinute = compileSchedule({ cron: '* * * * *', timezone });
    for (let i = zone.stretchAt(from) + 1; i <= zone.stretchAt(to); i++) {
      const change = zone.startOf(i);
      const [before, after] = [zone.offsetOf(i - 1), zone.offsetOf(i)];
      const middle = change + (before + after) / 2; // a local time in the gap or the overlap
      const { cron, minute } = dailyAt(middle);
      const schedule = compileSchedule({ cron, timezone });
      const due = after > before ? change : minute - before;
      expect(schedule.next(due - 1), `${cron} around ${new Date(change).toISOString()}`).toBe(due);
      const following = schedule.next(due) ?? 0;
      expect(following - due, `the day after ${new Date(change).toISOString()}`).toBeGreaterThan(
        (19 * 3_600_000) / 2,
      );
      expect(everyMinute.next(change - 1)).toBe(change);
      expect(everyMinute.next(change)).toBe(change + 60_000);
    }
  });

  const dailyAt = (local: number) => {
    const minute = Math.floor(local / 60_000) * 60_000;
    const date = new Date(minute);
    return { minute, cron: `${date.getUTCMinutes()} ${date.getUTCHours()} * * *` };
  };

  test('a sample a day finds no change that a sample a week misses', () => {
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
