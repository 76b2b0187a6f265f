import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, yearOf } from '../date.js';
import { MAX_PERIODS, type PeriodRule } from './budget.js';
import { DayFilter } from './day-filter.js';
import type { RruleParts } from './rrule-parts.js';

const DAY = 86_400;
const HOUR = 3600;
const LAST_SECOND = dayNumberOf(2501, 1, 1) * DAY;

/** An RRULE whose periods are hours, minutes or seconds. Local time, in seconds. */
export class TimePeriods implements PeriodRule {
  readonly elapsed = true;
  readonly #filter: DayFilter;
  readonly #hours: ReadonlySet<number> | undefined;
  readonly #minutes: ReadonlySet<number> | undefined;
  readonly #seconds: ReadonlySet<number> | undefined;
  readonly #offsets: readonly number[]; // ascending seconds within a period
  readonly #step: number;
  readonly #start: number;
  readonly #first: number;
  #looked = 0;

  /** `offsets` are the seconds within each period that match; `start` is DTSTART in local seconds. */
  constructor(parts: RruleParts, offsets: readonly number[], start: number) {
    const unit = parts.freq === 'HOURLY' ? HOUR : parts.freq === 'MINUTELY' ? 60 : 1;
    this.#filter = new DayFilter(parts);
    this.#hours = parts.byHour && new Set(parts.byHour);
    this.#minutes = unit < HOUR && parts.byMinute ? new Set(parts.byMinute) : undefined;
    this.#seconds = unit < 60 && parts.bySecond ? new Set(parts.bySecond) : undefined;
    this.#offsets = offsets;
    this.#step = unit * parts.interval;
    this.#start = start;
    this.#first = Math.floor(start / unit) * unit;
  }

  get looked(): number {
    return this.#looked;
  }

  next(second: number): number {
    const from = Math.max(second + 1, this.#start);
    let index = Math.floor((from - this.#first) / this.#step);
    for (let looked = 0; looked < MAX_PERIODS; looked++) {
      this.#looked++;
      const period = this.#first + index * this.#step;
      if (period > LAST_SECOND) break;
      const dead = this.#deadSpan(period);
      if (dead === undefined) {
        for (const offset of this.#offsets) if (period + offset >= from) return period + offset;
        index++;
      } else {
        index = Math.ceil((dead.end - this.#first) / this.#step);
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  previous(second: number): number {
    const to = second - 1;
    let index = Math.floor((to - this.#first) / this.#step);
    for (let looked = 0; looked < MAX_PERIODS && index >= 0; looked++) {
      this.#looked++;
      const period = this.#first + index * this.#step;
      const dead = this.#deadSpan(period);
      if (dead === undefined) {
        for (let i = this.#offsets.length - 1; i >= 0; i--) {
          const match = period + (this.#offsets[i] ?? 0);
          if (match < this.#start) return Number.NEGATIVE_INFINITY;
          if (match <= to) return match;
        }
        index--;
      } else {
        index = Math.ceil((dead.start - this.#first) / this.#step) - 1;
      }
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** The month, day, hour, minute or second around a moment, if nothing in it matches. */
  #deadSpan(moment: number): { readonly start: number; readonly end: number } | undefined {
    const day = Math.floor(moment / DAY);
    const date = dateOfDay(day);
    if (!this.#filter.hasMonth(monthOf(date))) {
      const start = (day - dayOf(date) + 1) * DAY;
      return { start, end: start + daysInMonth(yearOf(date), monthOf(date)) * DAY };
    }
    if (!this.#filter.hasDay(day)) return span(moment, DAY);
    if (this.#hours?.has(Math.floor((moment - day * DAY) / HOUR)) === false) return span(moment, HOUR);
    if (this.#minutes?.has(modulo(Math.floor(moment / 60), 60)) === false) return span(moment, 60);
    return this.#seconds?.has(modulo(moment, 60)) === false ? span(moment, 1) : undefined;
  }
}

const modulo = (value: number, size: number) => value - Math.floor(value / size) * size;
const span = (moment: number, size: number) => {
  const start = Math.floor(moment / size) * size;
  return { start, end: start + size };
};
