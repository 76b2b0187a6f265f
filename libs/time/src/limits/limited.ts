import { invalid } from '@carillon/event-sourcing';
import type { Recurrence } from '../recurrence.js';
import type { ScheduleFields } from '../rule-spec.js';
import type { Zone } from '../zone/zone.js';
import { calendarsOf, compileCalendar } from './compile-calendar.js';
import { except } from './except.js';
import { within } from './within.js';

/** A rule narrowed to the schedule's window and calendars, and that in words. Throws `windowInvalid`, `calendarInvalid`. */
export function limited(
  rule: Recurrence,
  { from, until, excludedCalendar }: ScheduleFields,
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
  if (excludedCalendar !== undefined) {
    const calendars = calendarsOf(excludedCalendar);
    narrowed = except(
      narrowed,
      calendars.map((text) => compileCalendar(text, zone)),
    );
    words += `, except ${calendars.map(calendarWords).join(' and ')}`;
  }
  return { narrowed, words };
}

function calendarWords(text: string): string {
  if (!/^BEGIN:VCALENDAR/i.test(text)) return text.toLowerCase() === 'weekends' ? 'weekends' : text;
  const name = /^X-WR-CALNAME:(.{1,80})/im.exec(text)?.[1]?.trim();
  return `the events of ${name ?? 'a calendar'}`;
}

const instantText = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');

function refuseWindow(value: number): never {
  const rule = 'until is later than from';
  throw invalid('windowInvalid', `The window is empty (${rule})`, { path: ['until'], value, rule });
}
