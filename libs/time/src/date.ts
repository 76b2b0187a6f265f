/**
 * Proleptic Gregorian arithmetic on whole days since 1970-01-01, after Howard Hinnant's "chrono-compatible low-level
 * date algorithms". Allocation-free: a date is packed into one integer.
 */

/** Months are 1–12, days 1–31. */
export const packDate = (year: number, month: number, day: number): number =>
  (year << 9) | (month << 5) | day;
export const yearOf = (date: number): number => date >> 9;
export const monthOf = (date: number): number => (date >> 5) & 15;
export const dayOf = (date: number): number => date & 31;

const DAYS_PER_ERA = 146_097;
const DAYS_TO_EPOCH = 719_468;

/** The packed date of a day number. */
export function dateOfDay(dayNumber: number): number {
  const shifted = dayNumber + DAYS_TO_EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const shiftedMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * shiftedMonth + 2) / 5) | 0) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return packDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
}

/** The day number of a date. */
export function dayNumberOf(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_EPOCH;
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (LENGTHS[month - 1] ?? 0);
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
export function weekdayOfDay(dayNumber: number): number {
  const weekday = (dayNumber + 4) % 7;
  return weekday < 0 ? weekday + 7 : weekday;
}
