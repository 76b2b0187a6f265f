import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from './compile-schedule.js';

const instant = (text: string) => Date.parse(text);

describe('a schedule', () => {
  test('answers next, previous and between', () => {
    const schedule = compileSchedule({ cron: '30 3 * * MON', timezone: 'Europe/Berlin' });
    expect(schedule.kind).toBe('cron');
    expect(schedule.normal).toBe('30 3 * * 1');
    expect(schedule.next(instant('2026-03-23T02:30Z'))).toBe(instant('2026-03-30T01:30Z'));
    expect(schedule.previous(instant('2026-03-30T01:30Z'))).toBe(instant('2026-03-23T02:30Z'));
    const from = instant('2026-03-23T02:30Z');
    const until = instant('2026-04-06T01:30Z');
    expect(schedule.between(from, until, 9)).toEqual([
      { at: from, local: '2026-03-23T03:30:00+01:00' },
      { at: instant('2026-03-30T01:30Z'), local: '2026-03-30T03:30:00+02:00' },
    ]);
    expect(schedule.between(from, until + 1, 9)).toHaveLength(3);
    expect(schedule.between(from, until + 1, 1)).toHaveLength(1);
  });

  test('marks what a change of offset moved or chose', () => {
    const shifts = (cron: string, from: string, to: string) =>
      compileSchedule({ cron, timezone: 'America/New_York' }).between(instant(from), instant(to), 9);
    expect(shifts('30 1-2 * * *', '2024-03-10T00:00-05:00', '2024-03-11T00:00-04:00')).toEqual([
      { at: instant('2024-03-10T06:30Z'), local: '2024-03-10T01:30:00-05:00' },
      { at: instant('2024-03-10T07:00Z'), local: '2024-03-10T03:00:00-04:00', shift: 'gap' },
    ]);
    expect(shifts('30 1-2 * * *', '2024-11-03T00:00-04:00', '2024-11-04T00:00-05:00')).toEqual([
      { at: instant('2024-11-03T05:30Z'), local: '2024-11-03T01:30:00-04:00', shift: 'overlap' },
      { at: instant('2024-11-03T07:30Z'), local: '2024-11-03T02:30:00-05:00' },
    ]);
    expect(shifts('*/30 1 * * *', '2024-11-03T00:00-04:00', '2024-11-04T00:00-05:00')).toMatchObject(
      ['-04:00', '-04:00', '-05:00', '-05:00'].map((offset, index) => ({
        local: `2024-11-03T01:${index % 2 === 0 ? '00' : '30'}:00${offset}`,
      })),
    );
  });

  test('keeps to its window', () => {
    const [from, until] = [instant('2026-01-02T00:00Z'), instant('2026-01-04T00:00Z')];
    const schedule = compileSchedule({ cron: '@daily', timezone: 'UTC', from, until });
    expect(schedule.next(0)).toBe(from);
    expect(schedule.next(from)).toBe(instant('2026-01-03T00:00Z'));
    expect(schedule.next(instant('2026-01-03T00:00Z'))).toBeUndefined();
    expect(schedule.previous(instant('2027-01-01T00:00Z'))).toBe(instant('2026-01-03T00:00Z'));
    expect(schedule.previous(from)).toBeUndefined();
    expect(compileSchedule({ cron: '@daily', timezone: 'UTC' }).next(until)).toBe(until + 86_400_000);
  });

  test('is not taken for another that is remembered', () => {
    compileSchedule({ at: 5, timezone: 'UTC' });
    compileSchedule({ cron: 'H * * * *', timezone: 'UTC' }, 'job');
    for (const cron of [
      '[{"kind":"at","at":5},""]',
      '[{"kind":"at","at":5},null,null,null,null]',
      'H * * * *\njob',
    ])
      expect(() => compileSchedule({ cron, timezone: 'UTC' })).toThrow('is not a valid cron expression');
  });

  test('has exactly one rule', () => {
    const code = (fields: object) => {
      try {
        compileSchedule({ timezone: 'UTC', ...fields });
      } catch (error) {
        return isCarillonError(error, 'invalid') ? error.code : error;
      }
      return 'accepted';
    };
    expect(code({})).toBe('scheduleInvalid');
    expect(code({ cron: '@daily', at: 0 })).toBe('scheduleInvalid');
    expect(code({ cron: '', at: 0 })).toBe('accepted');
    expect(code({ cron: '' })).toBe('cronInvalid');
    expect(code({ cron: '@daily', interval: '', rrule: '' })).toBe('accepted');
    expect(code({ interval: '' })).toBe('scheduleInvalid');
    expect(code({ rrule: '' })).toBe('scheduleInvalid');
    expect(code({ interval: '', at: 0 })).toBe('accepted');
    expect(code({ at: 1.5 })).toBe('atInvalid');
    expect(code({ at: 8.64e15 })).toBe('atInvalid');
    expect(code({ cron: '@daily', from: 1, until: 1 })).toBe('windowInvalid');
    expect(code({ cron: '@daily', from: 1e20 })).toBe('windowInvalid');
    expect(code({ cron: '@daily', until: -1e20 })).toBe('windowInvalid');
    expect(code({ cron: '@daily', timezone: 'Mars/Phobos' })).toBe('timezoneUnknown');
  });
});
