import { dayNumberOf, daysInMonth } from '../date.js';
import { EARLIEST, LATEST } from '../recurrence.js';
import { isTimezone } from '../zone/offset.js';
import { Zone } from '../zone/zone.js';
import type { ContentLine } from './content-line.js';

const DAY_MS = 86_400_000;

/** A DATE or DATE-TIME of RFC 5545. */
export interface CalendarTime {
  readonly isDate: boolean;
  /** Milliseconds since 1970-01-01T00:00 on the zone's clocks. */
  readonly local: number;
  readonly zone: Zone;
  /** Where `zone` comes from: `Z`, a TZID, or nothing (the schedule's own). */
  readonly zoneName: string | undefined;
}

/**
 * The times of a line such as `DTSTART;TZID=Europe/Berlin:20260101T030000`. Without a TZID they are `floating` time, except
 * those that end in Z. Calls `refuse` with a value and the rule that it breaks.
 */
export function calendarTimes(
  { params, value }: ContentLine,
  floating: Zone,
  refuse: (value: string, rule: string) => never,
): CalendarTime[] {
  const tzid = params.get('TZID');
  return value.split(',').map((text) => {
    const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/i.exec(text.trim());
    if (!match) refuse(text, 'a date yyyymmdd or a date-time yyyymmddThhmmss[Z]');
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
      .slice(1, 7)
      .map((part) => Number((part as string | undefined) ?? 0));
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
      refuse(text, 'a date that exists');
    if (hour > 23 || minute > 59 || second > 59) refuse(text, 'a time that exists');
    const local = dayNumberOf(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
    if (local < EARLIEST || local >= LATEST) refuse(text, 'a year from 1900 to 2499');
    const isDate = match[4] === undefined;
    if (match[7] !== undefined) return { isDate, local, zone: Zone.named('UTC'), zoneName: 'Z' };
    if (tzid === undefined || isDate) return { isDate, local, zone: floating, zoneName: undefined };
    if (!isTimezone(tzid)) refuse(tzid, 'TZID is an id of the IANA time zone database');
    return { isDate, local, zone: Zone.named(tzid), zoneName: tzid };
  });
}

export const instantOf = ({ zone, local }: CalendarTime): number => zone.instantOf(local);

/** As RFC 5545 writes it, without its zone but for Z. */
export function calendarText({ isDate, local, zoneName }: CalendarTime): string {
  const text = new Date(local).toISOString().replace(/[-:]/g, '');
  return isDate ? text.slice(0, 8) : text.slice(0, 15) + (zoneName === 'Z' ? 'Z' : '');
}
