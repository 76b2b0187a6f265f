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
  const { freq } = parts;
  const whole = withStart(parts, start);
  const daily = !isWithinDay(freq);
  const hours = (daily && whole.byHour) || [0];
  const minutes = ((daily || freq === 'HOURLY') && whole.byMinute) || [0];
  const seconds = (freq !== 'SECONDLY' && whole.bySecond) || [0];
  if (hours.length * minutes.length * seconds.length > MAX_TIMES) {
    refuse(`FREQ=${freq}`, `at most ${MAX_TIMES} times in a period`);
  }
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (h * 60 + m) * 60 + s)));
  if (daily) return new DayPeriods(whole, times, start);
  return new TimePeriods(whole, chosen(times, parts.bySetPos), start);
}

/** Days and times within a period that the parts do not name are those of the start (local seconds). */
export function withStart(parts: RruleParts, start: number): RruleParts {
  const { freq, byHour, byMinute, bySecond } = parts;
  const day = Math.floor(start / DAY);
  const time = start - day * DAY;
  const daily = !isWithinDay(freq);
  return {
    ...(daily ? withDays(parts, day) : parts),
    byHour: byHour ?? (daily ? [Math.floor(time / 3600)] : undefined),
    byMinute: byMinute ?? (daily || freq === 'HOURLY' ? [Math.floor(time / 60) % 60] : undefined),
    bySecond: bySecond ?? (freq === 'SECONDLY' ? undefined : [time % 60]),
  };
}

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
