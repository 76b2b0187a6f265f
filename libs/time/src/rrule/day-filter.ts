import {
  dateOfDay,
  dayNumberOf,
  dayOf,
  daysInMonth,
  isLeapYear,
  monthOf,
  weekdayOfDay,
  yearOf,
} from '../date.js';
import { weekdayPattern } from '../weekday-pattern.js';
import type { RruleParts } from './rrule-parts.js';

const ALL_DAYS = 0x7fff_ffff;

/** The days that an RRULE's parts for days allow, month by month, as bits (bit 0 is day 1). */
export class DayFilter {
  readonly #months: number; // bit 1 is January
  readonly #fromStart: number; // of the month: bit d - 1
  readonly #fromEnd: number; // bit d - 1 counts back from the last day
  readonly #weekdays: number;
  readonly #nth: readonly { readonly weekday: number; readonly nth: number }[];
  readonly #nthOfYear: boolean;
  readonly #yearDays: ReadonlySet<number> | undefined;
  readonly #weeks: ReadonlySet<number> | undefined;
  readonly #weekStart: number;
  readonly #anyWeekday: boolean;
  readonly #anyMonthDay: boolean;

  constructor(parts: RruleParts) {
    const { byMonth, byMonthDay, byDay, byYearDay, byWeekNo } = parts;
    this.#months = byMonth === undefined ? ~0 : bits(byMonth);
    this.#anyMonthDay = byMonthDay === undefined;
    this.#fromStart = bits((byMonthDay ?? []).filter((day) => day > 0).map((day) => day - 1));
    this.#fromEnd = bits((byMonthDay ?? []).filter((day) => day < 0).map((day) => -day - 1));
    this.#anyWeekday = byDay === undefined;
    this.#weekdays = bits((byDay ?? []).filter(({ nth }) => nth === undefined).map(({ weekday }) => weekday));
    this.#nth = (byDay ?? []).flatMap(({ weekday, nth }) => (nth === undefined ? [] : [{ weekday, nth }]));
    this.#nthOfYear = parts.freq === 'YEARLY' && byMonth === undefined;
    this.#yearDays = byYearDay && new Set(byYearDay);
    this.#weeks = byWeekNo && new Set(byWeekNo);
    this.#weekStart = parts.weekStart;
  }

  /** Whether any day of the month, 1–12, is allowed. */
  hasMonth(month: number): boolean {
    return ((this.#months >> month) & 1) === 1;
  }

  hasDay(dayNumber: number): boolean {
    const date = dateOfDay(dayNumber);
    return ((this.daysOf(yearOf(date), monthOf(date)) >> (dayOf(date) - 1)) & 1) === 1;
  }

  daysOf(year: number, month: number): number {
    if (!this.hasMonth(month)) return 0;
    const length = daysInMonth(year, month);
    const first = dayNumberOf(year, month, 1);
    let days = ALL_DAYS >>> (31 - length);
    if (!this.#anyMonthDay) days &= this.#fromStart | mirrored(this.#fromEnd, length);
    if (!this.#anyWeekday) days &= this.#weekdaysOf(year, first, length);
    if (this.#yearDays === undefined && this.#weeks === undefined) return days;
    for (let day = 0; day < length; day++) {
      if ((days >> day) & 1 && !this.#hasDayOfYear(year, first + day)) days &= ~(1 << day);
    }
    return days;
  }

  #weekdaysOf(year: number, first: number, length: number): number {
    let days = weekdayPattern(this.#weekdays, weekdayOfDay(first));
    if (this.#nth.length === 0) return days;
    const [start, end] = this.#nthOfYear
      ? [dayNumberOf(year, 1, 1), dayNumberOf(year + 1, 1, 1)]
      : [first, first + length];
    for (const { weekday: wanted, nth } of this.#nth) {
      const day =
        nth > 0
          ? start + ((wanted - weekdayOfDay(start) + 7) % 7) + 7 * (nth - 1)
          : end - 1 - ((weekdayOfDay(end - 1) - wanted + 7) % 7) + 7 * (nth + 1);
      if (day >= start && day < end && day >= first && day < first + length) days |= 1 << (day - first);
    }
    return days;
  }

  #hasDayOfYear(year: number, dayNumber: number): boolean {
    const ofYear = dayNumber - dayNumberOf(year, 1, 1) + 1;
    const length = isLeapYear(year) ? 366 : 365;
    if (this.#yearDays && !this.#yearDays.has(ofYear) && !this.#yearDays.has(ofYear - length - 1))
      return false;
    if (this.#weeks === undefined) return true;
    const monday = dayNumber - ((weekdayOfDay(dayNumber) - this.#weekStart + 7) % 7);
    const weekYear = yearOf(dateOfDay(monday + 3));
    const firstWeek = this.#firstWeekOf(weekYear);
    const week = (monday - firstWeek) / 7 + 1;
    const weeks = (this.#firstWeekOf(weekYear + 1) - firstWeek) / 7;
    return this.#weeks.has(week) || this.#weeks.has(week - weeks - 1);
  }

  /** The first day of week 1: the week that has at least four days in the year. */
  #firstWeekOf(year: number): number {
    const fourth = dayNumberOf(year, 1, 4);
    return fourth - ((weekdayOfDay(fourth) - this.#weekStart + 7) % 7);
  }
}

const bits = (values: readonly number[]): number => values.reduce((all, value) => all | (1 << value), 0);

/** Bit i becomes bit `length - 1 - i`. */
function mirrored(fromEnd: number, length: number): number {
  let days = 0;
  for (let back = 0; back < length; back++) if ((fromEnd >> back) & 1) days |= 1 << (length - 1 - back);
  return days;
}
