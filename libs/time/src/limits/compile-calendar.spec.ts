import { expect, test } from 'vitest';
import { compileSchedule } from '../compile-schedule.js';
import { compileCalendar } from './compile-calendar.js';

const holidays = `BEGIN:VCALENDAR
X-WR-CALNAME:Holidays of the company
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
END:VEVENT
END:VCALENDAR`;
const padded = (length: number, year: number) =>
  `BEGIN:VCALENDAR\nX-PADDING:${' '.repeat(length)}\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:${year}0101\nEND:VEVENT\nEND:VCALENDAR`;

test('a calendar is compiled once for all schedules of a zone', () => {
  expect(compileCalendar(holidays, 'Europe/Rome')).toBe(
    compileCalendar(`${holidays} `.trim(), 'Europe/Rome'),
  );
  expect(compileCalendar(holidays, 'Europe/Rome')).not.toBe(compileCalendar(holidays, 'Asia/Tokyo'));
});

test('jobs with the same schedule and calendar share all of it, but where the expression is spread', () => {
  const of = (cron: string, job: string) =>
    compileSchedule({ cron, timezone: 'Europe/Rome', excludedCalendar: holidays }, job);
  expect(of('0 9 * * *', 'prod.a')).toBe(of('0 9 * * *', 'prod.b'));
  expect(of('H 9 * * *', 'prod.a')).not.toBe(of('H 9 * * *', 'prod.b'));
  expect(of('H 9 * * *', 'prod.a')).toBe(of('H 9 * * *', 'prod.a'));
  expect(of('0 9 * * *', 'prod.a').describe()).toBe(
    'At 09:00 every day, Europe/Rome, except the events of Holidays of the company',
  );
});

test('calendars are forgotten by how long they are, not by how many', () => {
  const first = padded(1, 1999);
  const known = compileCalendar(first, 'UTC');
  for (let year = 2000; year < 2020; year++) compileCalendar(padded(1, year), 'UTC');
  expect(compileCalendar(first, 'UTC')).toBe(known);
  for (let year = 2000; year < 2020; year++) compileCalendar(padded(400_000, year), 'UTC');
  expect(compileCalendar(first, 'UTC')).not.toBe(known);
});
