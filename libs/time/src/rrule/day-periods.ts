import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, weekdayOfDay, yearOf } from '../date.js';
import type { WallClockRule } from '../zone/wall-clock-rule.js';
import { MAX_PERIODS } from './budget.js';
import { DayFilter } from './day-filter.js';
import type { RruleParts } from './rrule-parts.js';

const DAY = 86_400;
const LAST_DAY = dayNumberOf(2501, 1, 1);

/** An RRULE whose periods are days or longer: days by the period, times of day the same on each. Local time, in seconds. */
export class DayPeriods implements WallClockRule {
  readonly elapsed = false;
  readonly #freq: RruleParts['freq'];
  readonly #interval: number;
  readonly #filter: DayFilter;
  readonly #times: readonly number[]; // ascending seconds of the day
  readonly #setPos: readonly number[] | undefined;
  readonly #weekStart: number;
  readonly #start: number;
  readonly #first: number; // the first period: a day, the first day of a week, a month since year 0, a year

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

  next(second: number): number {
    const from = Math.max(second + 1, this.#start);
    const day = Math.floor(from / DAY);
    let index = this.#indexOf(day);
    for (let looked = 0; looked < MAX_PERIODS; looked++) {
      const period = this.#first + index * this.#unit();
      if (this.#firstDayOf(period) > LAST_DAY) break;
      for (const match of this.#matchesIn(period, day, 1)) if (match >= from) return match;
      index = this.#afterDeadMonth(period, index);
    }
    return Number.POSITIVE_INFINITY;
  }

  previous(second: number): number {
    const to = second - 1;
    const day = Math.floor(to / DAY);
    let index = this.#indexOf(day);
    for (let looked = 0; looked < MAX_PERIODS && index >= 0; looked++) {
      const period = this.#first + index * this.#unit();
      for (const match of this.#matchesIn(period, day, -1)) {
        if (match < this.#start) return Number.NEGATIVE_INFINITY;
        if (match <= to) return match;
      }
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

  /** Forwards from a day of the period, or backwards from it. */
  *#matchesIn(period: number, day: number, direction: 1 | -1): Generator<number> {
    const times = this.#times;
    if (this.#setPos !== undefined) {
      yield* direction === 1 ? this.#positionsIn(period) : this.#positionsIn(period).reverse();
      return;
    }
    const days = this.#daysIn(period);
    for (let i = 0; i < days.length; i++) {
      const candidate = (direction === 1 ? days[i] : days[days.length - 1 - i]) ?? 0;
      if (direction * (candidate - day) < 0) continue;
      for (let j = 0; j < times.length; j++) {
        yield candidate * DAY + ((direction === 1 ? times[j] : times[times.length - 1 - j]) ?? 0);
      }
    }
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
    if (this.#freq === 'DAILY') return this.#filter.hasDay(period) ? [period] : [];
    const days: number[] = [];
    if (this.#freq === 'WEEKLY') {
      for (let day = period; day < period + 7; day++) if (this.#filter.hasDay(day)) days.push(day);
    } else if (this.#freq === 'MONTHLY') {
      this.#addMonth(days, Math.floor(period / 12), (period % 12) + 1);
    } else {
      for (let month = 1; month <= 12; month++) this.#addMonth(days, period, month);
    }
    return days;
  }

  #addMonth(days: number[], year: number, month: number): void {
    const first = dayNumberOf(year, month, 1);
    for (let bits = this.#filter.daysOf(year, month); bits !== 0; bits &= bits - 1) {
      days.push(first + 31 - Math.clz32(bits & -bits));
    }
  }
}
