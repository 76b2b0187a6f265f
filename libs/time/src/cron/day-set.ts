import { weekdayPattern } from '../weekday-pattern.js';
import type { Item } from './fields.js';

/** Which days of a month an expression means, as bits (bit 0 is day 1), for any month. */
interface DaySet {
  /** Bits of the days of month named by number. */
  readonly days: number;
  /** Bits of the week days named by number, 0 is Sunday. */
  readonly weekdays: number;
  /** The marked items; absent for most expressions. */
  readonly marked: MarkedDays | undefined;
}

export interface MarkedDays {
  readonly fromEnd: number; // bit n: L-n
  readonly lastWeekday: boolean; // LW
  readonly nearestWeekday: number; // bit d-1: dW
  readonly nth: readonly number[]; // [n-1]: bits of the week days d in d#n
  readonly last: number; // bits of the week days d in dL
}

const ALL_DAYS = 0x7fff_ffff;

/** The days of month AND of week that the two fields allow, as Metronome joins them (Vixie cron says OR). */
export function daySetOf(dayOfMonth: readonly Item[], dayOfWeek: readonly Item[]): DaySet {
  let days = 0;
  let weekdays = 0;
  const marked = { fromEnd: 0, lastWeekday: false, nearestWeekday: 0, nth: [0, 0, 0, 0, 0], last: 0 };
  let anyMarked = false;
  for (const item of dayOfMonth) {
    if (item.kind === 'values') for (const day of item.values) days |= 1 << (day - 1);
    else anyMarked = true;
    if (item.kind === 'fromEndOfMonth') marked.fromEnd |= 1 << item.days;
    if (item.kind === 'lastWeekdayOfMonth') marked.lastWeekday = true;
    if (item.kind === 'nearestWeekday') marked.nearestWeekday |= 1 << (item.day - 1);
  }
  for (const item of dayOfWeek) {
    if (item.kind === 'values') for (const day of item.values) weekdays |= 1 << day;
    else anyMarked = true;
    if (item.kind === 'nthOfMonth')
      marked.nth[item.nth - 1] = (marked.nth[item.nth - 1] ?? 0) | (1 << item.weekday);
    if (item.kind === 'lastOfMonth') marked.last |= 1 << item.weekday;
  }
  return { days, weekdays, marked: anyMarked ? marked : undefined };
}

/** The bits of the days that are meant in a month of `length` days which begins on week day `first`. */
export function daysOfMonth(
  days: number,
  weekdays: number,
  marked: MarkedDays | undefined,
  first: number,
  length: number,
): number {
  const inMonth = ALL_DAYS >>> (31 - length);
  if (marked === undefined) return days & weekdayPattern(weekdays, first) & inMonth;
  return (
    (days | markedDaysOfMonth(marked, first, length)) &
    (weekdayPattern(weekdays, first) | markedDaysOfWeek(marked, first, length)) &
    inMonth
  );
}

function markedDaysOfMonth(marked: MarkedDays, first: number, length: number): number {
  let bits = 0;
  for (let back = 0; back < length; back++)
    if ((marked.fromEnd >> back) & 1) bits |= 1 << (length - 1 - back);
  if (marked.lastWeekday) bits |= 1 << (weekdayNear(length, first, length) - 1);
  for (let day = 1; day <= length; day++) {
    if ((marked.nearestWeekday >> (day - 1)) & 1) bits |= 1 << (weekdayNear(day, first, length) - 1);
  }
  return bits;
}

/** The Monday-to-Friday day nearest to `day` within the same month. */
function weekdayNear(day: number, first: number, length: number): number {
  const weekday = (first + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function markedDaysOfWeek(marked: MarkedDays, first: number, length: number): number {
  let bits = weekdayPattern(marked.last, first) & (127 << (length - 7));
  marked.nth.forEach((weekdays, index) => {
    bits |= weekdayPattern(weekdays, first) & (127 << (7 * index));
  });
  return bits;
}
