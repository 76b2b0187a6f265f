import { invalid } from '@carillon/event-sourcing';
import type { Recurrence } from '../recurrence.js';
import type { ScheduleFields } from '../rule-spec.js';
import { calendarsOf, compileCalendar } from './compile-calendar.js';
import { except } from './except.js';
import { within } from './within.js';

/** A rule narrowed to the schedule's window and calendars, and that in words. Throws `windowInvalid`, `calendarInvalid`. */
export function limited(
  rule: Recurrence,
  { timezone, from, until, excludedCalendar }: ScheduleFields,
): { readonly narrowed: Recurrence; readonly words: string } {
  let narrowed = rule;
  let words = '';
  if (from !== undefined || until !== undefined) {
    checkInstant('from', from);
    checkInstant('until', until);
    if (from !== undefined && until !== undefined && until <= from)
      refuseWindow('until', until, 'until is later than from');
    narrowed = within(narrowed, from ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY);
    if (from !== undefined) words += `, from ${instantText(from)}`;
    if (until !== undefined) words += `, until ${instantText(until)}`;
  }
  if (excludedCalendar !== undefined) {
    const calendars = calendarsOf(excludedCalendar);
    narrowed = except(
      narrowed,
      calendars.map((text) => compileCalendar(text, timezone)),
    );
    // In one piece (ADR 8): a part of a calendar's text would keep all of it.
    words += [', except ', calendars.map(calendarWords).join(' and ')].join('');
  }
  return { narrowed, words };
}

function calendarWords(text: string): string {
  if (!/^BEGIN:VCALENDAR/i.test(text)) return text.toLowerCase() === 'weekends' ? 'weekends' : text;
  const name = /^X-WR-CALNAME:(.{1,80})/im.exec(text)?.[1]?.trim();
  return `the events of ${name ?? 'a calendar'}`;
}

const instantText = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');

function checkInstant(path: 'from' | 'until', value: number | undefined): void {
  if (value !== undefined && Number.isNaN(new Date(value).getTime()))
    refuseWindow(path, value, `${path} is an instant in milliseconds since 1970`);
}

function refuseWindow(path: 'from' | 'until', value: number, rule: string): never {
  throw invalid('windowInvalid', `There is no such window (${rule})`, { path: [path], value, rule });
}
