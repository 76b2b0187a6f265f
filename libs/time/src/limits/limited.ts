import { invalid } from '@carillon/event-sourcing';
import type { Recurrence } from '../recurrence.js';
import type { ScheduleFields } from '../rule-spec.js';
import type { Zone } from '../zone/zone.js';
import { compileCalendar } from './compile-calendar.js';
import { except } from './except.js';
import { within } from './within.js';

const MAX_CALENDARS = 8;

/** A rule narrowed to the schedule's window and calendars, and that in words. Throws `windowInvalid`, `calendarInvalid`. */
export function limited(
  rule: Recurrence,
  { from, until, excludedCalendars = [] }: ScheduleFields,
  zone: Zone,
): { readonly narrowed: Recurrence; readonly words: string } {
  let narrowed = rule;
  let words = '';
  if (from !== undefined || until !== undefined) {
    if (from !== undefined && until !== undefined && until <= from) refuseWindow(until);
    narrowed = within(narrowed, from ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY);
    if (from !== undefined) words += `, from ${instantText(from)}`;
    if (until !== undefined) words += `, until ${instantText(until)}`;
  }
  if (excludedCalendars.length > MAX_CALENDARS) refuseCalendars(excludedCalendars.length);
  if (excludedCalendars.length > 0) {
    narrowed = except(
      narrowed,
      excludedCalendars.map((text, index) => compileCalendar(text, zone, index)),
    );
    words += `, except ${excludedCalendars.map(calendarWords).join(' and ')}`;
  }
  return { narrowed, words };
}

function calendarWords(text: string): string {
  const trimmed = text.trim();
  if (!/^BEGIN:VCALENDAR/i.test(trimmed)) return trimmed.toLowerCase() === 'weekends' ? 'weekends' : trimmed;
  const name = /^X-WR-CALNAME:(.{1,80})/im.exec(trimmed)?.[1]?.trim();
  return `the events of ${name ?? 'a calendar'}`;
}

const instantText = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');

function refuseCalendars(value: number): never {
  const rule = `at most ${MAX_CALENDARS} calendars`;
  throw invalid('calendarInvalid', `${value} excluded calendars (${rule})`, {
    path: ['excludedCalendars'],
    value,
    rule,
  });
}

function refuseWindow(value: number): never {
  const rule = 'until is later than from';
  throw invalid('windowInvalid', `The window is empty (${rule})`, { path: ['until'], value, rule });
}
