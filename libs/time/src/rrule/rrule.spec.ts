import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';

const START = 'DTSTART;TZID=America/New_York:19970902T090000\nRRULE:';
const dates = (rrule: string, limit: number, digits = 10) =>
  compileSchedule({ rrule, timezone: 'America/New_York' })
    .between(Number.NEGATIVE_INFINITY, Date.UTC(2400, 0), limit)
    .map(({ local }) => local.slice(0, digits));

describe('the examples of RFC 5545, section 3.8.5.3', () => {
  test.each([
    ['FREQ=DAILY;COUNT=10', '1997-09-02 1997-09-03 1997-09-04 1997-09-05'],
    ['FREQ=DAILY;INTERVAL=2', '1997-09-02 1997-09-04 1997-09-06 1997-09-08'],
    ['FREQ=DAILY;INTERVAL=10;COUNT=5', '1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12'],
    ['FREQ=WEEKLY;INTERVAL=2;WKST=SU', '1997-09-02 1997-09-16 1997-09-30 1997-10-14'],
    ['FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH', '1997-09-02 1997-09-04 1997-09-09'],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH', '1997-09-02 1997-09-04 1997-09-16 1997-09-18'],
    ['FREQ=MONTHLY;COUNT=10;BYDAY=1FR', '1997-09-05 1997-10-03 1997-11-07 1997-12-05'],
    ['FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU', '1997-09-07 1997-09-28 1997-11-02 1997-11-30'],
    ['FREQ=MONTHLY;COUNT=6;BYDAY=-2MO', '1997-09-22 1997-10-20 1997-11-17 1997-12-22'],
    ['FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28 1997-10-29 1997-11-28 1997-12-29'],
    ['FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15', '1997-09-02 1997-09-15 1997-10-02 1997-10-15'],
    ['FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1', '1997-09-30 1997-10-01 1997-10-31 1997-11-01'],
    ['FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15', '1997-09-10 1997-09-11 1997-09-12'],
    ['FREQ=YEARLY;COUNT=10;BYMONTH=6,7', '1998-06-02 1998-07-02 1999-06-02 1999-07-02'],
    ['FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200', '2000-01-01 2000-04-09 2000-07-18 2003-01-01'],
    ['FREQ=YEARLY;BYDAY=20MO', '1998-05-18 1999-05-17 2000-05-15'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1998-05-11 1999-05-17 2000-05-15'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH', '1998-03-05 1998-03-12 1998-03-19 1998-03-26 1999-03-04'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13'],
    ['FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13', '1997-09-13 1997-10-11 1997-11-08'],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '1997-11-04 2001-11-06 2005-11-08',
    ],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04 1997-10-07 1997-11-06'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', '1997-09-29 1997-10-30 1997-11-27 1997-12-30'],
  ])('%s', (rule, expected) => {
    const days = expected.split(' ');
    expect(dates(START + rule, days.length)).toEqual(days);
  });

  test.each([
    ['FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z', '09:00 12:00 15:00'],
    ['FREQ=MINUTELY;INTERVAL=15;COUNT=6', '09:00 09:15 09:30 09:45 10:00 10:15'],
    ['FREQ=MINUTELY;INTERVAL=90;COUNT=4', '09:00 10:30 12:00 13:30'],
    ['FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30', '09:00 09:30 10:00 10:30 09:00'],
    ['FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10', '09:00 09:20 09:40 10:00 10:20 10:40 09:00'],
  ])('%s', (rule, expected) => {
    const times = expected.split(' ');
    const rrule = START + rule;
    const found = compileSchedule({ rrule, timezone: 'UTC' }).between(0, Date.UTC(2000, 0), times.length);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' });
    expect(found.map(({ at }) => clock.format(at))).toEqual(times);
  });

  test.each([
    ['MO', '1997-08-05 1997-08-10 1997-08-19 1997-08-24'],
    ['SU', '1997-08-05 1997-08-17 1997-08-19 1997-08-31'],
  ])('the first day of the week matters: %s', (weekStart, expected) => {
    const rule = `DTSTART:19970805T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=${weekStart}`;
    expect(dates(rule, 9)).toEqual(expected.split(' '));
  });

  test('invalid dates are passed over', () => {
    const rule = 'DTSTART:20070115T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5';
    expect(dates(rule, 9)).toEqual('2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30'.split(' '));
  });
});

describe('recurrence sets', () => {
  test('EXDATE takes away, RDATE adds', () => {
    const rule = `DTSTART:20260101T090000
RRULE:FREQ=DAILY;COUNT=4
EXDATE:20260102T090000,20260103T090000
RDATE:20260102T120000`;
    expect(dates(rule, 9, 13)).toEqual(['2026-01-01T09', '2026-01-02T12', '2026-01-04T09']);
    const schedule = compileSchedule({ rrule: rule, timezone: 'America/New_York' });
    expect(schedule.previous(Date.parse('2026-01-04T09:00-05:00'))).toBe(
      Date.parse('2026-01-02T12:00-05:00'),
    );
    expect(compileSchedule({ rrule: schedule.normal, timezone: 'America/New_York' }).normal).toBe(
      schedule.normal,
    );
  });

  test('the largest COUNT of an hourly rule that is due once a day is reached', () => {
    const rrule = 'DTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY;BYHOUR=9;COUNT=10000';
    const schedule = compileSchedule({ rrule, timezone: 'UTC' });
    expect(schedule.previous(Date.UTC(2400, 0))).toBe(Date.UTC(2026, 0, 1 + 9_999, 9));
  });

  test('the zone of DTSTART is honoured', () => {
    const next = (start: string, timezone: string) =>
      compileSchedule({ rrule: `DTSTART${start}\nRRULE:FREQ=DAILY`, timezone }).next(Date.UTC(2026, 6, 1));
    expect(next(';TZID=Asia/Tokyo:20260101T090000', 'Europe/Rome')).toBe(Date.UTC(2026, 6, 2));
    expect(next(':20260101T090000Z', 'Europe/Rome')).toBe(Date.UTC(2026, 6, 1, 9));
    expect(next(':20260101T090000', 'Europe/Rome')).toBe(Date.UTC(2026, 6, 1, 7));
    expect(next(';VALUE=DATE:20260101', 'Europe/Rome')).toBe(Date.UTC(2026, 6, 1, 22));
  });

  test('a time in a gap is due right after it (RFC 5545 would leave it out), one in an overlap once', () => {
    const night = (date: string, rule: string) =>
      compileSchedule({ rrule: `DTSTART:${date}\nRRULE:${rule}`, timezone: 'America/New_York' });
    expect(night('20240309T023000', 'FREQ=DAILY;COUNT=3').between(0, Date.UTC(2025, 0), 9)).toMatchObject([
      { local: '2024-03-09T02:30:00-05:00' },
      { local: '2024-03-10T03:00:00-04:00', shift: 'gap' },
      { local: '2024-03-11T02:30:00-04:00' },
    ]);
    expect(night('20241103T013000', 'FREQ=DAILY;COUNT=2').between(0, Date.UTC(2025, 0), 9)).toMatchObject([
      { local: '2024-11-03T01:30:00-04:00', shift: 'overlap' },
      { local: '2024-11-04T01:30:00-05:00' },
    ]);
    expect(night('20241103T003000', 'FREQ=HOURLY;COUNT=4').between(0, Date.UTC(2025, 0), 9)).toMatchObject(
      ['00:30:00-04:00', '01:30:00-04:00', '01:30:00-05:00', '02:30:00-05:00'].map((time) => ({
        local: `2024-11-03T${time}`,
      })),
    );
  });

  test.each([
    [
      'dtstart;tzid=Asia/Tokyo:20260101T090000\nrrule:freq=weekly;interval=1;byday=fr,mo,FR;wkst=mo',
      'DTSTART;TZID=Asia/Tokyo:20260101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,FR',
    ],
    [
      'DTSTART:20260101T090000Z\r\nRRULE:BYMONTHDAY=\r\n 9,-1;FREQ=MONTHLY',
      'DTSTART:20260101T090000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1,9',
    ],
    [
      'DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;UNTIL=20300101',
      'DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;UNTIL=20300101',
    ],
  ])('normal form of %j', (rrule, expected) => {
    const normal = (text: string) => compileSchedule({ rrule: text, timezone: 'UTC' }).normal;
    expect(normal(rrule)).toBe(expected);
    expect(normal(expected)).toBe(expected);
  });

  test.each([
    ['RRULE:FREQ=DAILY', 'DTSTART'],
    ['DTSTART:20260101T090000\nRRULE:FREQ=HOURLY;COUNT=0', 'COUNT is from 1'],
    [`${START}FREQ=FORTNIGHTLY`, 'FREQ is one of'],
    [`${START}INTERVAL=2`, 'FREQ is one of'],
    [`${START}FREQ=DAILY;COUNT=3;UNTIL=20300101T000000Z`, 'not both'],
    [`${START}FREQ=DAILY;UNTIL=20300101`, 'UNTIL is a date if'],
    [`${START}FREQ=DAILY;UNTIL=19960101T000000Z`, 'at least once'],
    [`${START}FREQ=DAILY;BYDAY=1MO`, 'BYDAY has numbers only'],
    [`${START}FREQ=WEEKLY;BYMONTHDAY=1`, 'no BYMONTHDAY'],
    [`${START}FREQ=MONTHLY;BYYEARDAY=1`, 'no BYYEARDAY'],
    [`${START}FREQ=MONTHLY;BYWEEKNO=1`, 'BYWEEKNO only'],
    [`${START}FREQ=DAILY;BYSETPOS=1`, 'another BY part'],
    [`${START}FREQ=DAILY;BYHOUR=24`, 'numbers from 0 to 23'],
    [`${START}FREQ=MONTHLY;BYMONTHDAY=0`, 'without 0'],
    [`${START}FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30`, 'at least once'],
    [`${START}FREQ=SECONDLY;INTERVAL=60;BYSECOND=1`, 'at least once'],
    [`${START}FREQ=DAILY;FREQ=DAILY`, 'at most once'],
    [`${START}FREQ=DAILY;RSCALE=CHINESE`, 'the parts are'],
    [`${START}FREQ=DAILY\nRRULE:FREQ=DAILY`, 'at most one RRULE'],
    [`${START}FREQ=DAILY\nEXDATE;VALUE=DATE:20260101`, 'dates if DTSTART is one'],
    [`${START}FREQ=DAILY\nDURATION:P1D`, 'lines are'],
    ['DTSTART;TZID=Mars/Phobos:20260101T090000\nRRULE:FREQ=DAILY', 'TZID is an id'],
    ['DTSTART:20260230T090000\nRRULE:FREQ=DAILY', 'a date that exists'],
    ['DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYHOUR=9', 'no times of day where DTSTART is a date'],
    ['DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYMINUTE=0', 'no times of day where DTSTART is a date'],
    ['DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYSECOND=0', 'no times of day where DTSTART is a date'],
    [
      'DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=HOURLY;UNTIL=20260102',
      'no times of day where DTSTART is a date',
    ],
    [
      'DTSTART:20200101T000000\nRRULE:FREQ=SECONDLY;INTERVAL=61;BYMINUTE=0;BYSECOND=0;COUNT=10000',
      'COUNT is reached within 300000 periods',
    ],
    [
      `${START}FREQ=YEARLY;BYHOUR=${Array.from({ length: 24 }, (_, i) => i).join(',')};BYMINUTE=${Array.from({ length: 60 }, (_, i) => i).join(',')};BYSECOND=0,1,2,3`,
      'at most 3600',
    ],
  ])('%s is refused', (rrule, reason) => {
    let error: unknown;
    try {
      compileSchedule({ rrule, timezone: 'UTC' });
    } catch (thrown) {
      error = thrown;
    }
    expect(isCarillonError(error, 'invalid') && error.code, String(error)).toBe('rruleInvalid');
    expect((error as Error).message).toContain(reason);
  });
});
