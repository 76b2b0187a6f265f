import { invalid } from '@carillon/event-sourcing';
import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, weekdayOfDay, yearOf } from './calendar.js';
import { type DaySet, daySetOf, daysOfMonth } from './day-set.js';
import {
  DAY_OF_MONTH,
  DAY_OF_WEEK,
  HOUR,
  type Item,
  MINUTE,
  MONTH,
  type ParsedField,
  YEAR,
} from './fields.js';
import { parseField } from './parse-field.js';

const MINUTES_PER_DAY = 1440;
const LONGEST_EXPRESSION = 1024;
/** The Gregorian calendar repeats itself after so many years. */
const CYCLE_YEARS = 400;

/** No further match. */
const NEVER = Number.POSITIVE_INFINITY;

/**
 * A cron expression as sets of wall-clock minutes, without a zone: bits over the fields, so that the next match is a few
 * shifts away however rare it is.
 */
export class CronRule {
  /** The canonical text: numbers for names, one space between fields, no step of 1. */
  readonly normal: string;
  /** The minute or the hour field begins with `*`: the rule counts elapsed time instead of naming times of day. */
  readonly interval: boolean;
  readonly #minutesLow: number; // 0–29
  readonly #minutesHigh: number; // 30–59
  readonly #hours: number;
  readonly #months: number; // bit 0 is January
  readonly #days: DaySet;
  readonly #years: readonly number[] | undefined; // ascending
  readonly #firstMinute: number;
  readonly #firstTime: number;

  private constructor(text: string, fields: readonly ParsedField[]) {
    const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields.map((field) => field.items);
    const minutes = valuesOf(minute);
    this.#minutesLow = bitsOf(minutes.filter((value) => value < 30));
    this.#minutesHigh = bitsOf(minutes.filter((value) => value >= 30).map((value) => value - 30));
    this.#hours = bitsOf(valuesOf(hour));
    this.#months = bitsOf(valuesOf(month).map((value) => value - 1));
    this.#days = daySetOf(dayOfMonth ?? [], dayOfWeek ?? []);
    this.#years = year === undefined || hasFullStar(year) ? undefined : valuesOf(year).sort((a, b) => a - b);
    this.#firstMinute = Math.min(...minutes);
    this.#firstTime = lowestBit(this.#hours) * 60 + this.#firstMinute;
    this.interval = startsWithStar(minute) || startsWithStar(hour);
    const normal = fields.map((field) => field.normal).join(' ');
    this.normal = normal === text ? text : normal; // one string where two would be the same
  }

  /**
   * Metronome's cron: minute, hour, day of month, month, day of week and optionally a year; both day fields must match.
   * Throws `cronInvalid`, also for dates that never exist.
   */
  static parse(text: string): CronRule {
    if (text.length > LONGEST_EXPRESSION)
      throw refusal(text.slice(0, 40), `at most ${LONGEST_EXPRESSION} characters`);
    const parts = text.trim().split(/\s+/);
    if (parts.length < 5 || parts.length > 6) {
      throw refusal(text, 'five fields (minute hour day-of-month month day-of-week) and optionally a year');
    }
    const definitions = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR];
    const rule = new CronRule(
      text,
      parts.map((part, index) => parseField(definitions[index] ?? YEAR, part)),
    );
    if (!rule.#everExists()) {
      throw refusal(
        rule.normal,
        'the day of the month must exist in the month and year, on that day of the week',
      );
    }
    return rule;
  }

  /** The first matching local minute after `minute`, both counted from 1970-01-01T00:00 local time; infinity if none. */
  nextMinute(minute: number): number {
    const from = minute + 1;
    const dayNumber = Math.floor(from / MINUTES_PER_DAY);
    const date = dateOfDay(dayNumber);
    const day = dayOf(date);
    let year = yearOf(date);
    let month = monthOf(date);
    let days = this.#daysIn(year, month) >>> (day - 1);
    if (days & 1) {
      const time = this.#nextTime(from - dayNumber * MINUTES_PER_DAY);
      if (time >= 0) return dayNumber * MINUTES_PER_DAY + time;
    }
    days &= -2;
    if (days !== 0) return (dayNumber + lowestBit(days)) * MINUTES_PER_DAY + this.#firstTime;
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
    return (dayNumberOf(year, month, 1) + lowestBit(days)) * MINUTES_PER_DAY + this.#firstTime;
  }

  /** The first matching minute of the day at or after `time`, or -1. */
  #nextTime(time: number): number {
    const hour = (time / 60) | 0;
    if ((this.#hours >> hour) & 1) {
      const minute = time - hour * 60;
      const low = minute < 30 ? this.#minutesLow >>> minute : 0;
      if (low !== 0) return time + lowestBit(low);
      const high = minute < 30 ? this.#minutesHigh : this.#minutesHigh >>> (minute - 30);
      if (high !== 0) return hour * 60 + Math.max(minute, 30) + lowestBit(high);
    }
    const later = this.#hours >>> (hour + 1);
    return later === 0 ? -1 : (hour + 1 + lowestBit(later)) * 60 + this.#firstMinute;
  }

  #daysIn(year: number, month: number): number {
    if (((this.#months >> (month - 1)) & 1) === 0) return 0;
    if (this.#years !== undefined && !this.#years.includes(year)) return 0;
    return daysOfMonth(this.#days, weekdayOfDay(dayNumberOf(year, month, 1)), daysInMonth(year, month));
  }

  #yearFrom(year: number): number {
    return this.#years === undefined ? year : (this.#years.find((candidate) => candidate >= year) ?? NEVER);
  }

  /** Every kind of year (leap or not, beginning on each week day) occurs within 28 years. */
  #everExists(): boolean {
    const years = this.#years ?? Array.from({ length: 28 }, (_, index) => 2000 + index);
    return years.some((year) =>
      Array.from({ length: 12 }, (_, index) => index + 1).some((m) => this.#daysIn(year, m)),
    );
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
const bitsOf = (values: readonly number[]): number => values.reduce((bits, value) => bits | (1 << value), 0);
const valuesOf = (items: readonly Item[] = []): number[] => [
  ...new Set(items.flatMap((item) => (item.kind === 'values' ? item.values : []))),
];
const startsWithStar = (items: readonly Item[] = []): boolean =>
  items.some((item) => item.kind === 'values' && item.star);
const hasFullStar = (items: readonly Item[]): boolean =>
  items.some((item) => item.kind === 'values' && item.star && item.values.length === YEAR.max - YEAR.min + 1);

function refusal(value: string, rule: string) {
  return invalid('cronInvalid', `'${value}' is not a valid cron expression: ${rule}`, { value, rule });
}
