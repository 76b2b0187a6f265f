import { expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';
import type { ScheduleFields } from '../rule-spec.js';

const sentence = (fields: Omit<ScheduleFields, 'timezone'>) =>
  compileSchedule({ timezone: 'Europe/Berlin', ...fields }, 'job').describe();

test.each([
  ['* * * * *', 'Every minute'],
  ['*/5 * * * *', 'Every 5 minutes'],
  ['*/7 * * * *', 'At every 7th minute past every hour'],
  ['0 * * * *', 'Every hour'],
  ['15 * * * *', 'At minute 15 past every hour'],
  ['0,30 * * * *', 'At minutes 0 and 30 past every hour'],
  ['30 3 * * *', 'At 03:30 every day'],
  ['0 9,17 * * *', 'At 09:00 and 17:00 every day'],
  ['30 3 * * MON', 'At 03:30 on Monday'],
  ['0 9 * * MON-FRI', 'At 09:00 on Monday through Friday'],
  ['0 9 * * 1,3,5', 'At 09:00 on Monday, Wednesday and Friday'],
  ['0 0 1 * *', 'At 00:00 on day 1 of the month'],
  ['0 0 1,15 * *', 'At 00:00 on days 1 and 15 of the month'],
  ['0 0 1-7 * 1', 'At 00:00 on days 1 through 7 of the month if it is Monday'],
  ['0 0 L * *', 'At 00:00 on the last day of the month'],
  ['0 0 L-2 * *', 'At 00:00 on the 3rd to last day of the month'],
  ['0 0 LW * *', 'At 00:00 on the last day from Monday to Friday of the month'],
  ['0 0 15W * *', 'At 00:00 on the day from Monday to Friday nearest to day 15 of the month'],
  ['0 0 * * 5L', 'At 00:00 on the last Friday of the month'],
  ['0 0 * * 1#2', 'At 00:00 on the 2nd Monday of the month'],
  ['0 0 1 1 *', 'At 00:00 on day 1 of the month in January'],
  ['0 0 29 2 * 2028', 'At 00:00 on day 29 of the month in February in 2028'],
  ['0 12 * 6-8 *', 'At 12:00 in June through August'],
  ['*/10 9-17 * * *', 'At every 10th minute past hours 9 through 17 every day'],
  ['0 */2 * * *', 'At minute 0 past every 2nd hour'],
  ['5/20 1 * * *', 'At every 20th minute from 5 past hour 1 every day'],
  ['15 30 3 * * * *', 'At 03:30:15 every day'],
  ['* * * * * * *', 'Every second'],
  ['*/10 * * * * * *', 'Every 10 seconds'],
  ['5 * * * * * *', 'At second 5, every minute'],
  ['* 0 * * * * *', 'At every second, at minute 0 past every hour'],
  ['*/20 0 * * * MON *', 'At every 20th second, at minute 0 past every hour on Monday'],
  ['H * * * *', 'At a minute chosen by the job past every hour'],
  ['H H(0-7) * * *', 'At a minute chosen by the job past an hour from 0 to 7 chosen by the job every day'],
  ['H/15 * * * *', "At every 15th minute, starting where the job's id says past every hour"],
  ['@daily', 'At 00:00 every day'],
])('%s: %s', (cron, expected) => {
  expect(sentence({ cron })).toBe(`${expected}, Europe/Berlin`);
});

test.each([
  [{ cron: '@every 90m' }, 'Every 1 hour and 30 minutes'],
  [{ cron: '@every 1h' }, 'Every hour'],
  [{ interval: 'R/2026-01-01T03:00:00/P1D' }, 'Every day from 2026-01-01T03:00:00, Europe/Berlin'],
  [
    { interval: 'R5/2026-01-01/P1M3D' },
    'Every 1 month and 3 days from 2026-01-01T00:00:00, 5 times, Europe/Berlin',
  ],
  [{ interval: 'R1/2026-01-01T03:00Z/PT2H' }, 'Every 2 hours from 2026-01-01T03:00:00Z, once, Europe/Berlin'],
  [{ at: Date.UTC(2026, 0, 1, 3) }, 'Once, at 2026-01-01T03:00:00Z'],
  [
    { rrule: 'DTSTART:20260101T030000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR' },
    'Every 2 weeks on Monday and Friday at 03:00, from 2026-01-01 03:00, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART;TZID=Asia/Tokyo:20260101T030000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=10' },
    'Every month on the last Friday at 03:00, from 2026-01-01 03:00, 10 times, Asia/Tokyo',
  ],
  [
    {
      rrule:
        'DTSTART:20260101T030000Z\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270101T000000Z',
    },
    'Every month on Monday, Tuesday, Wednesday, Thursday and Friday at 03:00, only the last of each month, from 2026-01-01 03:00 UTC, until 2027-01-01 00:00 UTC, UTC',
  ],
  [
    { rrule: 'DTSTART:20260131T033000\nRRULE:FREQ=MONTHLY' },
    'Every month on the 31st day of the month at 03:30, from 2026-01-31 03:30, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART:20260129T033000\nRRULE:FREQ=WEEKLY;INTERVAL=2' },
    'Every 2 weeks on Thursday at 03:30, from 2026-01-29 03:30, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART:20260704T090000\nRRULE:FREQ=YEARLY' },
    'Every year on the 4th day of the month in July at 09:00, from 2026-07-04 09:00, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART:20260101T031520\nRRULE:FREQ=HOURLY;INTERVAL=6' },
    'Every 6 hours at minute 15 at second 20, from 2026-01-01 03:15:20, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART:20260101T030030\nRRULE:FREQ=MINUTELY' },
    'Every minute at second 30, from 2026-01-01 03:00:30, Europe/Berlin',
  ],
  [
    { rrule: 'DTSTART:20260101T030010\nRRULE:FREQ=DAILY;BYMINUTE=1,2,3,4,5,6,7' },
    'Every day at hour 3 at minutes 1, 2, 3, 4, 5, 6 and 7 at second 10, from 2026-01-01 03:00:10, Europe/Berlin',
  ],
  [
    { cron: '0 9 * * *', from: Date.UTC(2026, 0), until: Date.UTC(2027, 0), excludedCalendar: 'weekends' },
    'At 09:00 every day, Europe/Berlin, from 2026-01-01T00:00:00Z, until 2027-01-01T00:00:00Z, except weekends',
  ],
])('%j: %s', (fields, expected) => {
  expect(sentence(fields)).toBe(expected);
});
