import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';

const calendar = (...events: string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.map((event) => `BEGIN:VEVENT\n${event}\nEND:VEVENT`),
    'END:VCALENDAR',
  ].join('\r\n');
const rome = (excludedCalendars: string[], cron = '0 9 * * *') =>
  compileSchedule({ cron, timezone: 'Europe/Rome', excludedCalendar: excludedCalendars.join('\n') });
const days = (excludedCalendars: string[], from: string, to: string, cron?: string) =>
  rome(excludedCalendars, cron)
    .between(Date.parse(from), Date.parse(to), 99)
    .map(({ local }) => local.slice(5, 16));

describe('excluded calendars', () => {
  test('weekends', () => {
    expect(days(['weekends'], '2026-11-20', '2026-11-25')).toEqual([
      '11-20T09:00',
      '11-23T09:00',
      '11-24T09:00',
    ]);
    expect(rome(['weekends']).previous(Date.parse('2026-11-23T08:00Z'))).toBe(
      Date.parse('2026-11-20T08:00Z'),
    );
  });

  test('all-day events are days of the schedule’s zone', () => {
    const holidays = calendar(
      'UID:1\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227',
      'UID:2\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY',
    );
    expect(days([holidays], '2026-12-23', '2027-01-03', '30 23 * * *')).toEqual([
      '12-23T23:30',
      '12-27T23:30',
      '12-28T23:30',
      '12-29T23:30',
      '12-30T23:30',
      '12-31T23:30',
      '01-02T23:30',
    ]);
    expect(days([holidays], '2026-12-22T23:00Z', '2026-12-28', '0 0 * * *')).toEqual([
      '12-23T00:00',
      '12-27T00:00',
      '12-28T00:00',
    ]);
  });

  test('an event’s own zone, end and duration', () => {
    const blackout = calendar(
      'DTSTART;TZID=America/New_York:20260703T120000\nDURATION:PT4H\nRRULE:FREQ=WEEKLY',
    );
    const hours = days([blackout], '2026-07-10T15:00Z', '2026-07-10T22:00Z', '0 * * * *');
    expect(hours).toEqual(['07-10T17:00', '07-10T22:00', '07-10T23:00']);
  });

  test('EXDATE, a moved occurrence and a cancelled event', () => {
    const meetings = calendar(
      'UID:a\nDTSTART:20260601T080000\nDTEND:20260601T100000\nRRULE:FREQ=DAILY\nEXDATE:20260602T080000',
      'UID:a\nRECURRENCE-ID:20260603T080000\nDTSTART:20260605T200000\nDTEND:20260605T220000',
      'UID:b\nSTATUS:CANCELLED\nDTSTART:20260601T000000\nDTEND:20260701T000000\nBEGIN:VALARM\nDTSTART:1\nEND:VALARM',
    );
    expect(days([meetings], '2026-06-01', '2026-06-06', '0 9,21 * * *')).toEqual([
      '06-01T21:00',
      '06-02T09:00',
      '06-02T21:00',
      '06-03T09:00',
      '06-03T21:00',
      '06-04T21:00',
    ]);
  });

  test('a period from an hour that comes again takes its time', () => {
    const [from, to] = ['2026-10-24T23:00Z', '2026-10-25T04:00Z'];
    // 02:10 the second time.
    expect(days(['2026-10-25T01:10:00Z/PT50M'], from, to, '*/30 * * * *')).toEqual(
      ['01:00', '01:30', '02:00', '02:30', '02:00', '03:00', '03:30', '04:00', '04:30'].map(
        (time) => `10-25T${time}`,
      ),
    );
  });

  test('time intervals, several calendars, and the minutes at their edges', () => {
    const freeze = ['2026-12-20T08:00/2026-12-20T09:00', '2026-12-20T09:00/PT30M'];
    expect(days(freeze, '2026-12-20T06:00Z', '2026-12-20T09:00Z', '*/30 * * * *')).toEqual([
      '12-20T07:00',
      '12-20T07:30',
      '12-20T09:30',
    ]);
  });

  test('overlapping events are one', () => {
    const events = Array.from({ length: 1500 }, (_, index) => {
      const day = new Date(Date.UTC(2026, 0, 1) + index * 43_200_000)
        .toISOString()
        .slice(0, 10)
        .replaceAll('-', '');
      return `DTSTART;VALUE=DATE:${day}`;
    });
    expect(days([calendar(...events)], '2025-12-31', '2028-01-25')).toEqual([
      '12-31T09:00',
      '01-21T09:00',
      '01-22T09:00',
      '01-23T09:00',
      '01-24T09:00',
    ]);
  });

  test('years in which nothing can be due cost no other schedule of the zone its instants, and no time', () => {
    const oslo = (excludedCalendar?: string) =>
      compileSchedule({
        cron: '0 9 * * *',
        timezone: 'Europe/Oslo',
        ...(excludedCalendar ? { excludedCalendar } : {}),
      });
    const duration = 'DTSTART:20260101T000000\nDURATION:P999999W999999D';
    for (const text of ['1900-01-01/9999-12-31', '2026-01-01/P999999W999999D', calendar(duration)]) {
      expect(oslo(text).next(Date.parse('2026-01-01'))).toBeUndefined();
      expect(oslo().next(Date.parse('1999-06-01'))).toBe(Date.parse('1999-06-01T07:00Z'));
      expect(oslo().previous(Date.parse('1999-06-01'))).toBe(Date.parse('1999-05-31T07:00Z'));
    }
  });

  test('an event of very many lines is read', () => {
    const lines = 'A:\n'.repeat(100_000);
    expect(
      days([calendar(`${lines}DTSTART;VALUE=DATE:20260101`)], '2026-01-01', '2026-01-02T23:00Z'),
    ).toEqual(['01-02T09:00']);
  });

  test('words of iCalendar in an event’s own text begin no calendar', () => {
    const event = calendar('DTSTART;VALUE=DATE:20260101\nSUMMARY:begin:vcalendar and end:vcalendar');
    expect(days([event, 'weekends', event], '2026-01-01', '2026-01-02T23:00Z')).toEqual(['01-02T09:00']);
  });

  test('calendars that never end are refused, however many', () => {
    expect(() => rome(['BEGIN:VCALENDAR\n'.repeat(30_000)])).toThrow('at most 8');
  });

  test('too many recurring events are refused before any is looked into', () => {
    const hidden = 'DTSTART:20260101T000000\nDURATION:PT1H\nRRULE:FREQ=NEVER';
    expect(() => rome([calendar(...Array.from({ length: 51 }, () => hidden))])).toThrow('at most 50');
  });

  test('a rule that is wholly excluded is never due, and says so soon', () => {
    expect(rome(['weekends'], '0 9 * * SAT').next(0)).toBeUndefined();
    expect(rome(['weekends'], '0 9 * * SAT').previous(0)).toBeUndefined();
  });

  test.each([
    ['holidays', 'an iCalendar text'],
    ['2026-12-20/2026-12-20', 'an end after the start'],
    ['2026-12-01/P1M', 'an end, or a period of weeks, days, hours, minutes and seconds'],
    ['2026-12-01/tomorrow', 'an end, or a period of weeks, days, hours, minutes and seconds'],
    ['0050-01-01/2025-01-01', 'a start from 1900 to 2499'],
    ['1899-12-31T23:59:59Z/2025-01-01', 'a start from 1900 to 2499'],
    ['2500-01-01T00:00Z/2501-01-01', 'a start from 1900 to 2499'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000\nEND:VCALENDAR', 'every BEGIN has its END'],
    [calendar('SUMMARY:x'), 'a DTSTART'],
    [calendar('DTSTART:2026-01-01'), 'a date yyyymmdd'],
    [calendar('DTSTART;TZID=Romance Standard Time:20260101T000000'), 'TZID is an id'],
    [calendar('DTSTART:20260102T000000\nDTEND:20260101T000000'), 'DTEND after DTSTART'],
    [calendar('DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=NEVER'), 'FREQ is one of'],
    [
      calendar('UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260102T000000\nDTSTART:20260102T000000'),
      'each changed occurrence by itself',
    ],
    [calendar('DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY'), 'no EXRULE'],
    [
      calendar('DTSTART:20260101T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20260102'),
      'dates if DTSTART is one, else date-times',
    ],
    [calendar('DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=DAILY;BYHOUR=3'), 'no times of day'],
  ])('%j is refused', (text, reason) => {
    let error: unknown;
    try {
      rome(['weekends', text]);
    } catch (thrown) {
      error = thrown;
    }
    expect(isCarillonError(error, 'invalid') && error.code, String(error)).toBe('calendarInvalid');
    expect(isCarillonError(error) && error.details['path']).toEqual(['excludedCalendar']);
    expect((error as Error).message).toContain(reason);
  });
});
