import { dateOfDay, dayNumberOf, dayOf, daysInMonth, monthOf, yearOf } from '../date.js';
import { EARLIEST, LATEST, type Recurrence, type Shift } from '../recurrence.js';
import type { Zone } from '../zone/zone.js';
import type { IsoPeriod } from './iso-period.js';

const DAY_MS = 86_400_000;
const MONTH_MS = 30.436875 * DAY_MS;

/**
 * `start`, `start + period`, `start + 2 period` … Each is counted from the start, so a month's end does not drift. Months
 * and days move the zone's wall clock, as ADR 3 has fixed times of day; hours, minutes and seconds are elapsed time.
 */
export class Repetition implements Recurrence {
  readonly #start: number;
  readonly #local: number;
  readonly #period: IsoPeriod;
  readonly #last: number;
  readonly #zone: Zone;
  readonly #average: number;
  /** By how much an occurrence may be off what the average period says. */
  readonly #slack: number;

  /** `count` occurrences, the first at the instant `start`, when it is meant to be `local` time. */
  constructor(start: number, local: number, period: IsoPeriod, count: number, zone: Zone) {
    this.#start = start;
    this.#local = local;
    this.#period = period;
    this.#last = count - 1;
    this.#zone = zone;
    this.#average = period.months * MONTH_MS + period.days * DAY_MS + period.ms;
    this.#slack = period.months > 0 ? 8 * DAY_MS : period.days > 0 ? 1.5 * DAY_MS : 0;
  }

  next(after: number): number | undefined {
    if (!(after < LATEST)) return undefined;
    if (after < this.#start) return this.#last < 0 ? undefined : this.#start;
    let index = Math.max(1, Math.floor((after - this.#start - this.#slack) / this.#average));
    for (; index <= this.#last; index++) {
      const at = this.#at(index);
      if (at >= LATEST) return undefined;
      if (at > after) return at;
    }
    return undefined;
  }

  previous(before: number): number | undefined {
    if (!(before > EARLIEST)) return undefined;
    const to = Math.min(before, LATEST);
    let index = Math.min(this.#last, Math.ceil((to - this.#start + this.#slack) / this.#average));
    for (; index >= 0; index--) {
      const at = this.#at(index);
      if (at < to) return at;
    }
    return undefined;
  }

  shiftOf(at: number): Shift | undefined {
    const { months, days, ms } = this.#period;
    if ((months === 0 && days === 0) || ms !== 0) return undefined;
    let index = Math.max(0, Math.floor((at - this.#start - this.#slack) / this.#average));
    while (this.#at(index) < at) index++;
    const local = this.#localAt(index);
    return this.#zone.shiftOf(local, at);
  }

  #at(index: number): number {
    const { months, days, ms } = this.#period;
    if (index === 0) return this.#start;
    if (months === 0 && days === 0) return this.#start + index * ms;
    const local = this.#localAt(index);
    // Beyond what is computed at all, the zone need not be known.
    return (local > LATEST + DAY_MS ? local : this.#zone.instantOf(local)) + index * ms;
  }

  #localAt(index: number): number {
    const { months, days } = this.#period;
    if (months === 0) return this.#local + index * days * DAY_MS;
    const startDay = Math.floor(this.#local / DAY_MS);
    const start = dateOfDay(startDay);
    const month = yearOf(start) * 12 + monthOf(start) - 1 + index * months;
    const year = Math.floor(month / 12);
    const day = Math.min(dayOf(start), daysInMonth(year, (month % 12) + 1));
    const dayNumber = dayNumberOf(year, (month % 12) + 1, day) + index * days;
    return this.#local + (dayNumber - startDay) * DAY_MS;
  }
}
