import { hash } from 'node:crypto';
import { invalid } from '@carillon/event-sourcing';
import { parsePeriod } from '../interval/iso-period.js';
import { parseIsoTime } from '../interval/local-time.js';
import { EARLIEST, LATEST } from '../recurrence.js';
import { ScheduleCache } from '../schedule-cache.js';
import { Zone } from '../zone/zone.js';
import type { Blackout } from './blackout.js';
import { spansBlackout } from './blackout.js';
import { eventsBlackout } from './ical-events.js';
import { periodEnd } from './period-end.js';

const LONGEST_TEXT = 500_000;
const MAX_CALENDARS = 8;
/** Of all calendars that are remembered together, in characters. */
const MAX_REMEMBERED = 5_000_000;
/** What a calendar takes besides its text, in characters. */
const CALENDAR_WEIGHT = 1000;
const WEEKENDS = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:19000106
DTEND;VALUE=DATE:19000108
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR`;

/** The calendars of a text: iCalendar objects, and lines between them. Throws `calendarInvalid`. */
export function calendarsOf(text: string): string[] {
  if (text.length > LONGEST_TEXT) refuse(text.slice(0, 40), `at most ${LONGEST_TEXT} characters`);
  const calendars = text
    .trim()
    .split(/^(?=BEGIN:VCALENDAR)|(?<=^END:VCALENDAR)/im)
    .flatMap((part) => (/^BEGIN:VCALENDAR/i.test(part) ? [part] : part.split('\n')))
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (calendars.length > MAX_CALENDARS) refuse(`${calendars.length} calendars`, `at most ${MAX_CALENDARS}`);
  return calendars.length > 0 ? calendars : refuse(text, 'an iCalendar text');
}

const remembered = new ScheduleCache<Blackout>(MAX_REMEMBERED);

/**
 * When nothing is due: an iCalendar text (during its events), the word `weekends` (Saturday and Sunday), or a time
 * interval of ISO 8601 (`start/end` or `start/period`). Shared by all schedules of the zone. Throws `calendarInvalid`.
 */
export function compileCalendar(text: string, timezone: string): Blackout {
  const key = hash('sha256', text, 'base64');
  const known = remembered.get(timezone, key);
  if (known) return known;
  const blackout = blackoutOf(text, Zone.named(timezone));
  remembered.set(timezone, key, blackout, CALENDAR_WEIGHT + text.length);
  return blackout;
}

function blackoutOf(text: string, zone: Zone): Blackout {
  if (/^BEGIN:VCALENDAR/i.test(text)) return eventsBlackout(text, zone, refuse);
  if (text.toLowerCase() === 'weekends') return eventsBlackout(WEEKENDS, zone, refuse);
  const [startText = '', endText, ...more] = text.split('/');
  const written = parseIsoTime(startText);
  if (written === undefined || endText === undefined || more.length > 0) {
    return refuse(
      text,
      "an iCalendar text, 'weekends', or start/end such as 2026-12-24T00:00/2027-01-02T00:00",
    );
  }
  const { local, offset = 0 } = written;
  if (local - offset < EARLIEST || local - offset >= LATEST) refuse(text, 'a start from 1900 to 2499');
  const start = instantOf(written, zone);
  const end = endOf(endText, start, zone);
  if (end === undefined)
    return refuse(text, 'an end, or a period of weeks, days, hours, minutes and seconds');
  if (end <= start) return refuse(text, 'an end after the start');
  return spansBlackout([{ start, end }]);
}

const instantOf = ({ local, offset }: { local: number; offset: number | undefined }, zone: Zone) =>
  offset === undefined ? zone.instantOf(local) : local - offset;

function endOf(text: string, start: number, zone: Zone): number | undefined {
  const written = parseIsoTime(text);
  if (written !== undefined) return instantOf(written, zone);
  const period = parsePeriod(text.toUpperCase());
  if (period === undefined || period.months > 0) return undefined;
  return periodEnd(start, period, zone);
}

function refuse(value: string, rule: string): never {
  throw invalid('calendarInvalid', `'${value.slice(0, 80)}' is not valid (${rule})`, {
    path: ['excludedCalendar'],
    value: value.slice(0, 1000),
    rule,
  });
}
