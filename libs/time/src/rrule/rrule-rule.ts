import { dateOfDay, dayOf, monthOf, weekdayOfDay } from '../date.js';
import type { PeriodRule } from './budget.js';
import { DayPeriods } from './day-periods.js';
import { isWithinDay, type RruleParts } from './rrule-parts.js';
import { TimePeriods } from './time-periods.js';

const DAY = 86_400;
const MAX_TIMES = 3600;

/** The local times of an RRULE that starts at `start` (local seconds), which fills in what the parts leave open. */
export function rruleRule(
  parts: RruleParts,
  start: number,
  refuse: (value: string, rule: string) => never,
): PeriodRule {
  const time = start - Math.floor(start / DAY) * DAY;
  const { freq } = parts;
  const daily = !isWithinDay(freq);
  const hours = daily ? (parts.byHour ?? [Math.floor(time / 3600)]) : [0];
  const minutes = daily || freq === 'HOURLY' ? (parts.byMinute ?? [Math.floor(time / 60) % 60]) : [0];
  const seconds = freq === 'SECONDLY' ? [0] : (parts.bySecond ?? [time % 60]);
  if (hours.length * minutes.length * seconds.length > MAX_TIMES) {
    refuse(`FREQ=${freq}`, `at most ${MAX_TIMES} times in a period`);
  }
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (h * 60 + m) * 60 + s)));
  if (daily) return new DayPeriods(withDays(parts, Math.floor(start / DAY)), times, start);
  return new TimePeriods(parts, chosen(times, parts.bySetPos), start);
}

/** Days that the parts do not name are those of the start. */
function withDays(parts: RruleParts, startDay: number): RruleParts {
  const { freq, byDay, byMonthDay, byYearDay, byWeekNo, byMonth } = parts;
  if (byDay !== undefined || byMonthDay !== undefined || byYearDay !== undefined) return parts;
  const date = dateOfDay(startDay);
  const weekday = [{ weekday: weekdayOfDay(startDay), nth: undefined }];
  if (freq === 'WEEKLY' || byWeekNo !== undefined) return { ...parts, byDay: weekday };
  if (freq === 'DAILY') return parts;
  const months = freq === 'YEARLY' ? { byMonth: byMonth ?? [monthOf(date)] } : {};
  return { ...parts, ...months, byMonthDay: [dayOf(date)] };
}

/** BYSETPOS within periods that are all alike. */
function chosen(times: readonly number[], positions: readonly number[] | undefined): readonly number[] {
  if (positions === undefined) return times;
  const indexes = positions.map((position) => (position > 0 ? position - 1 : times.length + position));
  return [...new Set(indexes)].sort((a, b) => a - b).flatMap((index) => times[index] ?? []);
}
