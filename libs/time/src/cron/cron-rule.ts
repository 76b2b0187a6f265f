import { invalid } from '@carillon/event-sourcing';
import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, weekdayOfDay, yearOf } from '../date.js';
import type { WallClockRule } from '../zone/wall-clock-rule.js';
import { bitFrom, bitsOf, bitUpTo, highestBit, lowestBit } from './bits.js';
import { daySetOf, daysOfMonth, type MarkedDays } from './day-set.js';
import { fieldsOf, type Item, type ParsedField, YEAR } from './fields.js';
import { parseField } from './parse-field.js';
import { shared } from './shared.js';
import type { Spread } from './spread.js';
import { sharedRunsOf, type YearRun } from './years.js';

const MINUTES_PER_DAY = 1440;
const LONGEST_EXPRESSION = 1024;
/** The Gregorian calendar repeats itself after so many years. */
const CYCLE_YEARS = 400;

const NEVER = Number.POSITIVE_INFINITY;
/** The bits of second 0 alone. */
const ONLY_ZERO = 1;

/**
 * A cron expression as sets of local times, without a zone: bits over the fields, so that the next match is a few shifts
 * away however rare it is.
 */
export class CronRule implements WallClockRule {
  readonly elapsed: boolean;
  readonly #secondsLow: number; // 0–29
  readonly #secondsHigh: number; // 30–59
  readonly #minutesLow: number; // 0–29
  readonly #minutesHigh: number; // 30–59
  readonly #hours: number;
  readonly #months: number; // bit 0 is January
  readonly #days: number;
  readonly #weekdays: number;
  readonly #marked: MarkedDays | undefined;
  readonly #years: readonly YearRun[] | undefined; // ascending

  private constructor(fields: readonly ParsedField[]) {
    const items = fields.map((field) => field.items);
    const second = fields.length === 7 ? items.shift() : undefined;
    const [minute, hour, dayOfMonth, month, dayOfWeek, year] = items;
    const seconds = second === undefined ? [0] : valuesOf(second);
    this.#secondsLow = bitsOf(seconds, 0);
    this.#secondsHigh = bitsOf(seconds, 30);
    this.#minutesLow = bitsOf(valuesOf(minute), 0);
    this.#minutesHigh = bitsOf(valuesOf(minute), 30);
    this.#hours = bitsOf(valuesOf(hour), 0);
    this.#months = bitsOf(valuesOf(month), 1);
    const { days, weekdays, marked } = daySetOf(dayOfMonth ?? [], dayOfWeek ?? []);
    this.#days = days;
    this.#weekdays = weekdays;
    this.#marked = marked === undefined ? undefined : shared(marked);
    this.#years = year === undefined || hasFullStar(year) ? undefined : sharedRunsOf(valuesOf(year));
    this.elapsed = [second, minute, hour].some(startsWithStar);
  }

  /**
   * Minute, hour, day of month, month, day of week; a sixth field is a year, with seven the first is the second. Both day
   * fields must match, as in Metronome. `normal` is the canonical text: numbers for names, one space between fields, no step
   * of 1; `H` and `~` as they were written. Throws `cronInvalid`, also for dates that never exist.
   */
  static parse(text: string, spread: Spread): { readonly rule: CronRule; readonly normal: string } {
    if (text.length > LONGEST_EXPRESSION)
      throw refusal(text.slice(0, 40), `at most ${LONGEST_EXPRESSION} characters`);
    const parts = text.trim().split(/\s+/);
    const definitions = fieldsOf(parts.length);
    if (definitions === undefined) {
      throw refusal(
        text,
        'five fields (minute hour day-of-month month day-of-week), six with a year at the end, seven with seconds at the start too',
      );
    }
    const fields = parts.map((part, index) => parseField(definitions[index] ?? YEAR, part, spread));
    const rule = new CronRule(fields);
    const normal = fields.map((field) => field.normal).join(' ');
    if (!rule.#everExists()) {
      throw refusal(normal, 'the day of the month must exist in the month and year, on that day of the week');
    }
    return { rule, normal: normal === text ? text : normal }; // one string where two would be the same
  }

  next(second: number): number {
    const minute = Math.floor(second / 60);
    const low = this.#secondsLow;
    const high = this.#secondsHigh;
    if (low === ONLY_ZERO && high === 0) return this.#nextMinute(minute) * 60;
    const within = bitFrom(low, high, second - minute * 60 + 1);
    if (within >= 0 && this.#nextMinute(minute - 1) === minute) return minute * 60 + within;
    return this.#nextMinute(minute) * 60 + bitFrom(low, high, 0);
  }

  previous(second: number): number {
    const low = this.#secondsLow;
    const high = this.#secondsHigh;
    if (low === ONLY_ZERO && high === 0) return this.#previousMinute(Math.ceil(second / 60)) * 60;
    const minute = Math.floor(second / 60);
    const within = bitUpTo(low, high, second - minute * 60 - 1);
    if (within >= 0 && this.#previousMinute(minute + 1) === minute) return minute * 60 + within;
    return this.#previousMinute(minute) * 60 + bitUpTo(low, high, 59);
  }

  /** The first matching local minute after `minute`, both counted from 1970-01-01T00:00 local time; infinity if none. */
  #nextMinute(minute: number): number {
    const from = minute + 1;
    const dayNumber = Math.floor(from / MINUTES_PER_DAY);
    const date = dateOfDay(dayNumber);
    const day = dayOf(date);
    let year = yearOf(date);
    let month = monthOf(date);
    let days = this.#daysIn(year, month) >>> (day - 1);
    if (days & 1) {
      const time = this.#timeFrom(from - dayNumber * MINUTES_PER_DAY);
      if (time >= 0) return dayNumber * MINUTES_PER_DAY + time;
    }
    days &= -2;
    if (days !== 0) return (dayNumber + lowestBit(days)) * MINUTES_PER_DAY + this.#timeFrom(0);
    const lastYear = year + CYCLE_YEARS;
    do {
      const later = this.#months >>> month;
      if (later === 0) {
        year = this.#yearFrom(year + 1);
        month = lowestBit(this.#months) + 1;
        if (year > lastYear) return NEVER;
      } else {
        month += lowestBit(later) + 1;
      }
      days = this.#daysIn(year, month);
    } while (days === 0);
    return (dayNumberOf(year, month, 1) + lowestBit(days)) * MINUTES_PER_DAY + this.#timeFrom(0);
  }

  /** The last matching local minute before `minute`; minus infinity if none. */
  #previousMinute(minute: number): number {
    const to = minute - 1;
    const dayNumber = Math.floor(to / MINUTES_PER_DAY);
    const date = dateOfDay(dayNumber);
    const day = dayOf(date);
    let year = yearOf(date);
    let month = monthOf(date);
    let days = this.#daysIn(year, month) & ((2 << (day - 1)) - 1);
    if ((days >> (day - 1)) & 1) {
      const time = this.#timeUpTo(to - dayNumber * MINUTES_PER_DAY);
      if (time >= 0) return dayNumber * MINUTES_PER_DAY + time;
      days &= ~(1 << (day - 1));
    }
    const lastTime = MINUTES_PER_DAY - 1;
    if (days !== 0)
      return (dayNumber - day + 1 + highestBit(days)) * MINUTES_PER_DAY + this.#timeUpTo(lastTime);
    const firstYear = year - CYCLE_YEARS;
    do {
      const earlier = this.#months & ((1 << (month - 1)) - 1);
      if (earlier === 0) {
        year = this.#yearUpTo(year - 1);
        month = highestBit(this.#months) + 1;
        if (year < firstYear) return -NEVER;
      } else {
        month = highestBit(earlier) + 1;
      }
      days = this.#daysIn(year, month);
    } while (days === 0);
    return (dayNumberOf(year, month, 1) + highestBit(days)) * MINUTES_PER_DAY + this.#timeUpTo(lastTime);
  }

  /** The first matching minute of the day at or after `time`, or -1. */
  #timeFrom(time: number): number {
    const hour = (time / 60) | 0;
    if ((this.#hours >> hour) & 1) {
      const minute = bitFrom(this.#minutesLow, this.#minutesHigh, time - hour * 60);
      if (minute >= 0) return hour * 60 + minute;
    }
    const later = this.#hours >>> (hour + 1);
    return later === 0
      ? -1
      : (hour + 1 + lowestBit(later)) * 60 + bitFrom(this.#minutesLow, this.#minutesHigh, 0);
  }

  /** The last matching minute of the day at or before `time`, or -1. */
  #timeUpTo(time: number): number {
    const hour = (time / 60) | 0;
    if ((this.#hours >> hour) & 1) {
      const minute = bitUpTo(this.#minutesLow, this.#minutesHigh, time - hour * 60);
      if (minute >= 0) return hour * 60 + minute;
    }
    const earlier = this.#hours & ((1 << hour) - 1);
    return earlier === 0 ? -1 : highestBit(earlier) * 60 + bitUpTo(this.#minutesLow, this.#minutesHigh, 59);
  }

  #daysIn(year: number, month: number): number {
    if (((this.#months >> (month - 1)) & 1) === 0) return 0;
    if (this.#years !== undefined && this.#yearFrom(year) !== year) return 0;
    const first = weekdayOfDay(dayNumberOf(year, month, 1));
    return daysOfMonth(this.#days, this.#weekdays, this.#marked, first, daysInMonth(year, month));
  }

  #yearFrom(year: number): number {
    if (this.#years === undefined) return year;
    for (const { first, last } of this.#years) if (year <= last) return Math.max(year, first);
    return NEVER;
  }

  #yearUpTo(year: number): number {
    if (this.#years === undefined) return year;
    let found = -NEVER;
    for (const { first, last } of this.#years) if (first <= year) found = Math.min(year, last);
    return found;
  }

  /** Every kind of year (leap or not, beginning on each week day) occurs within 28 years. */
  #everExists(): boolean {
    const runs = this.#years ?? [{ first: 2000, last: 2027 }];
    const years = runs.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    );
    return years.some((year) =>
      Array.from({ length: 12 }, (_, index) => index + 1).some((m) => this.#daysIn(year, m)),
    );
  }
}

const valuesOf = (items: readonly Item[] = []): number[] => [
  ...new Set(items.flatMap((item) => (item.kind === 'values' ? item.values : []))),
];
const startsWithStar = (items: readonly Item[] = []): boolean =>
  items.some((item) => item.kind === 'values' && item.star);
const hasFullStar = (items: readonly Item[]): boolean =>
  items.some((item) => item.kind === 'values' && item.star && item.values.length === YEAR.max - YEAR.min + 1);

function refusal(value: string, rule: string) {
  return invalid('cronInvalid', `'${value}' is not a valid cron expression: ${rule}`, {
    path: ['cron'],
    value,
    rule,
  });
}
