import { invalid } from '@carillon/event-sourcing';
import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, weekdayOfDay, yearOf } from '../date.js';
import type { WallClockRule } from '../zone/wall-clock-rule.js';
import { type DaySet, daySetOf, daysOfMonth } from './day-set.js';
import { fieldsOf, type Item, type ParsedField, YEAR } from './fields.js';
import { parseField } from './parse-field.js';
import type { Spread } from './spread.js';

const MINUTES_PER_DAY = 1440;
const LONGEST_EXPRESSION = 1024;
/** The Gregorian calendar repeats itself after so many years. */
const CYCLE_YEARS = 400;

const NEVER = Number.POSITIVE_INFINITY;

/**
 * A cron expression as sets of local times, without a zone: bits over the fields, so that the next match is a few shifts
 * away however rare it is.
 */
export class CronRule implements WallClockRule {
  /** The canonical text: numbers for names, one space between fields, no step of 1; `H` and `~` as they were written. */
  readonly normal: string;
  readonly elapsed: boolean;
  readonly #secondsLow: number; // 0–29
  readonly #secondsHigh: number; // 30–59
  readonly #minutesLow: number;
  readonly #minutesHigh: number;
  readonly #hours: number;
  readonly #months: number; // bit 0 is January
  readonly #days: DaySet;
  readonly #years: readonly number[] | undefined; // ascending

  private constructor(text: string, fields: readonly ParsedField[]) {
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
    this.#days = daySetOf(dayOfMonth ?? [], dayOfWeek ?? []);
    this.#years = year === undefined || hasFullStar(year) ? undefined : valuesOf(year).sort((a, b) => a - b);
    this.elapsed = [second, minute, hour].some(startsWithStar);
    const normal = fields.map((field) => field.normal).join(' ');
    this.normal = normal === text ? text : normal; // one string where two would be the same
  }

  /**
   * Minute, hour, day of month, month, day of week; a sixth field is a year, with seven the first is the second. Both day
   * fields must match, as in Metronome. Throws `cronInvalid`, also for dates that never exist.
   */
  static parse(text: string, spread: Spread): CronRule {
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
    const rule = new CronRule(
      text,
      parts.map((part, index) => parseField(definitions[index] ?? YEAR, part, spread)),
    );
    if (!rule.#everExists()) {
      throw refusal(
        rule.normal,
        'the day of the month must exist in the month and year, on that day of the week',
      );
    }
    return rule;
  }

  next(second: number): number {
    const minute = Math.floor(second / 60);
    const within = bitFrom(this.#secondsLow, this.#secondsHigh, second - minute * 60 + 1);
    if (within >= 0 && this.#nextMinute(minute - 1) === minute) return minute * 60 + within;
    return this.#nextMinute(minute) * 60 + bitFrom(this.#secondsLow, this.#secondsHigh, 0);
  }

  previous(second: number): number {
    const minute = Math.floor(second / 60);
    const within = bitUpTo(this.#secondsLow, this.#secondsHigh, second - minute * 60 - 1);
    if (within >= 0 && this.#previousMinute(minute + 1) === minute) return minute * 60 + within;
    return this.#previousMinute(minute) * 60 + bitUpTo(this.#secondsLow, this.#secondsHigh, 59);
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
    if (this.#years !== undefined && !this.#years.includes(year)) return 0;
    return daysOfMonth(this.#days, weekdayOfDay(dayNumberOf(year, month, 1)), daysInMonth(year, month));
  }

  #yearFrom(year: number): number {
    return this.#years === undefined ? year : (this.#years.find((candidate) => candidate >= year) ?? NEVER);
  }

  #yearUpTo(year: number): number {
    return this.#years === undefined
      ? year
      : (this.#years.findLast((candidate) => candidate <= year) ?? -NEVER);
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
const highestBit = (bits: number): number => 31 - Math.clz32(bits);

/** The first of 60 bits, kept in two halves, at or after `from`; -1 if none. */
function bitFrom(low: number, high: number, from: number): number {
  if (from < 30) {
    const bits = low >>> from;
    if (bits !== 0) return from + lowestBit(bits);
    return high === 0 ? -1 : 30 + lowestBit(high);
  }
  const bits = from > 59 ? 0 : high >>> (from - 30);
  return bits === 0 ? -1 : from + lowestBit(bits);
}

/** The last of 60 bits at or before `to`; -1 if none. */
function bitUpTo(low: number, high: number, to: number): number {
  if (to >= 30) {
    const bits = high & ((2 << (to - 30)) - 1);
    if (bits !== 0) return 30 + highestBit(bits);
    return low === 0 ? -1 : highestBit(low);
  }
  const bits = to < 0 ? 0 : low & ((2 << to) - 1);
  return bits === 0 ? -1 : highestBit(bits);
}

const bitsOf = (values: readonly number[], first: number): number =>
  values.reduce(
    (bits, value) => (value >= first && value < first + 30 ? bits | (1 << (value - first)) : bits),
    0,
  );
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
