import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, weekdayOfDay, yearOf } from '../date.js';
import { MAX_PERIODS, type PeriodRule } from './budget.js';
import { DayFilter } from './day-filter.js';
import type { RruleParts } from './rrule-parts.js';

const DAY = 86_400;
const LAST_DAY = dayNumberOf(2501, 1, 1);

/** An RRULE whose periods are days or longer: days by the period, times of day the same on each. Local time, in seconds. */
export class DayPeriods implements PeriodRule {
  readonly elapsed = false;
  readonly #freq: RruleParts['freq'];
  readonly #interval: number;
  readonly #filter: DayFilter;
  readonly #times: readonly number[]; // ascending seconds of the day
  readonly #setPos: readonly number[] | undefined;
  readonly #weekStart: number;
  readonly #start: number;
  readonly #first: number; // the first period: a day, the first day of a week, a month since year 0, a year
  #looked = 0;

  /** `parts` with what DTSTART fills in; `times` are the seconds of the day; `start` is DTSTART in local seconds. */
  constructor(parts: RruleParts, times: readonly number[], start: number) {
    this.#freq = parts.freq;
    this.#interval = parts.interval;
    this.#filter = new DayFilter(parts);
    this.#times = times;
    this.#setPos = parts.bySetPos;
    this.#weekStart = parts.weekStart;
    this.#start = start;
    this.#first = this.#periodOf(Math.floor(start / DAY));
  }

  get looked(): number {
    return this.#looked;
  }

  next(second: number): number {
    const from = Math.max(second + 1, this.#start);
    const day = Math.floor(from / DAY);
    let index = this.#indexOf(day);
    for (let looked = 0; looked < MAX_PERIODS; looked++) {
      this.#looked++;
      const period = this.#first + index * this.#unit();
      if (this.#firstDayOf(period) > LAST_DAY) break;
      const match = this.#setPos ? this.#positionFrom(period, from) : this.#matchFrom(period, from, day);
      if (match !== undefined) return match;
      index = this.#afterDeadMonth(period, index);
    }
    return Number.POSITIVE_INFINITY;
  }

  previous(second: number): number {
    const to = second - 1;
    const day = Math.floor(to / DAY);
    let index = this.#indexOf(day);
    for (let looked = 0; looked < MAX_PERIODS && index >= 0; looked++) {
      this.#looked++;
      const period = this.#first + index * this.#unit();
      const match = this.#setPos ? this.#positionUpTo(period, to) : this.#matchUpTo(period, to, day);
      if (match !== undefined) return match < this.#start ? Number.NEGATIVE_INFINITY : match;
      index = this.#beforeDeadMonth(period, index);
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Of the last period that begins on or before the day, never below 0 but where the day is before the start. */
  #indexOf(day: number): number {
    return Math.floor((this.#periodOf(day) - this.#first) / this.#unit());
  }

  #unit(): number {
    return this.#freq === 'WEEKLY' ? 7 * this.#interval : this.#interval;
  }

  #periodOf(day: number): number {
    if (this.#freq === 'DAILY') return day;
    if (this.#freq === 'WEEKLY') return day - ((weekdayOfDay(day) - this.#weekStart + 7) % 7);
    const date = dateOfDay(day);
    return this.#freq === 'MONTHLY' ? yearOf(date) * 12 + monthOf(date) - 1 : yearOf(date);
  }

  #firstDayOf(period: number): number {
    if (this.#freq === 'YEARLY') return dayNumberOf(period, 1, 1);
    if (this.#freq === 'MONTHLY') return dayNumberOf(Math.floor(period / 12), (period % 12) + 1, 1);
    return period;
  }

  #lastDayOf(period: number): number {
    if (this.#freq === 'YEARLY') return dayNumberOf(period + 1, 1, 1) - 1;
    if (this.#freq === 'MONTHLY') return this.#firstDayOf(period + 1) - 1;
    return this.#freq === 'WEEKLY' ? period + 6 : period;
  }

  /** A day's period in a month that is not allowed: on to the first that begins after that month. */
  #afterDeadMonth(period: number, index: number): number {
    if (this.#freq !== 'DAILY') return index + 1;
    const date = dateOfDay(period);
    if (this.#filter.hasMonth(monthOf(date))) return index + 1;
    const rest = daysInMonth(yearOf(date), monthOf(date)) - dayOf(date) + 1;
    return index + Math.ceil(rest / this.#interval);
  }

  #beforeDeadMonth(period: number, index: number): number {
    if (this.#freq !== 'DAILY') return index - 1;
    const date = dateOfDay(period);
    if (this.#filter.hasMonth(monthOf(date))) return index - 1;
    return index - Math.ceil(dayOf(date) / this.#interval);
  }

  /** The first match of a period at or after a moment, which lies in `day`. */
  #matchFrom(period: number, from: number, day: number): number | undefined {
    let found = this.#dayFrom(period, Math.max(day, this.#firstDayOf(period)));
    if (found === day) {
      const time = this.#times.find((candidate) => day * DAY + candidate >= from);
      if (time !== undefined) return day * DAY + time;
      found = this.#dayFrom(period, day + 1);
    }
    return found === undefined ? undefined : found * DAY + (this.#times[0] ?? 0);
  }

  /** The last match of a period at or before a moment, which lies in `day`. */
  #matchUpTo(period: number, to: number, day: number): number | undefined {
    let found = this.#dayUpTo(period, Math.min(day, this.#lastDayOf(period)));
    if (found === day) {
      const time = this.#times.findLast((candidate) => day * DAY + candidate <= to);
      if (time !== undefined) return day * DAY + time;
      found = this.#dayUpTo(period, day - 1);
    }
    return found === undefined ? undefined : found * DAY + (this.#times.at(-1) ?? 0);
  }

  /** The first allowed day of a period at or after one of its days. */
  #dayFrom(period: number, from: number): number | undefined {
    const last = this.#lastDayOf(period);
    for (let day = from; day <= last; ) {
      const date = dateOfDay(day);
      const days = this.#filter.daysOf(yearOf(date), monthOf(date)) >>> (dayOf(date) - 1);
      const found = day + 31 - Math.clz32(days & -days);
      if (days !== 0) return found <= last ? found : undefined;
      day += daysInMonth(yearOf(date), monthOf(date)) - dayOf(date) + 1;
    }
    return undefined;
  }

  /** The last allowed day of a period at or before one of its days. */
  #dayUpTo(period: number, to: number): number | undefined {
    const first = this.#firstDayOf(period);
    for (let day = to; day >= first; ) {
      const date = dateOfDay(day);
      const days = this.#filter.daysOf(yearOf(date), monthOf(date)) & ((2 << (dayOf(date) - 1)) - 1);
      const found = day - dayOf(date) + 32 - Math.clz32(days);
      if (days !== 0) return found >= first ? found : undefined;
      day -= dayOf(date);
    }
    return undefined;
  }

  #positionFrom(period: number, from: number): number | undefined {
    return this.#positionsIn(period).find((match) => match >= from);
  }

  #positionUpTo(period: number, to: number): number | undefined {
    return this.#positionsIn(period).findLast((match) => match <= to);
  }

  #positionsIn(period: number): number[] {
    const days = this.#daysIn(period);
    const size = days.length * this.#times.length;
    const indexes = (this.#setPos ?? []).map((position) => (position > 0 ? position - 1 : size + position));
    return [...new Set(indexes)]
      .filter((index) => index >= 0 && index < size)
      .sort((a, b) => a - b)
      .map((index) => {
        const day = days[Math.floor(index / this.#times.length)] ?? 0;
        return day * DAY + (this.#times[index % this.#times.length] ?? 0);
      });
  }

  #daysIn(period: number): number[] {
    const days: number[] = [];
    const [first, last] = [this.#firstDayOf(period), this.#lastDayOf(period)];
    for (let day = first; day <= last; ) {
      const date = dateOfDay(day);
      let bits = this.#filter.daysOf(yearOf(date), monthOf(date)) >>> (dayOf(date) - 1);
      for (; bits !== 0; bits &= bits - 1) {
        const found = day + 31 - Math.clz32(bits & -bits);
        if (found <= last) days.push(found);
      }
      day += daysInMonth(yearOf(date), monthOf(date)) - dayOf(date) + 1;
    }
    return days;
  }
}
