import { hash } from 'node:crypto';
import { compileRule } from './compile-rule.js';
import { isSpread } from './cron/spread.js';
import { limited } from './limits/limited.js';
import { ruleOf, type RuleSpec, type ScheduleFields } from './rule-spec.js';
import { type CompiledSchedule, ZonedSchedule } from './schedule.js';
import { ScheduleCache } from './schedule-cache.js';
import { Zone } from './zone/zone.js';

/** Cron expressions alone, by their number: under 300 bytes each. */
const crons = new ScheduleCache<CompiledSchedule>(100_000);
/** All others, by everything that they depend on, and by the characters of that. */
const others = new ScheduleCache<CompiledSchedule>(5_000_000);

/**
 * Compiles a schedule of any kind. `seed` is the id of the job, by which `H` and `~` of a cron expression are spread.
 * Throws CarillonError `invalid` with code `cronInvalid`, `intervalInvalid`, `rruleInvalid`, `atInvalid`,
 * `calendarInvalid`, `windowInvalid`, `scheduleInvalid` or `timezoneUnknown`; `details` has `path`, `value` and `rule`.
 */
export function compileSchedule(schedule: ScheduleFields, seed?: string): CompiledSchedule {
  const { timezone } = schedule;
  const cron = cronAlone(schedule);
  const often = cron === undefined ? undefined : crons.get(timezone, cron);
  if (often) return often;
  const spec = ruleOf(schedule);
  if (cron !== undefined && !isSpread(cron)) {
    const compiled = compile(spec, schedule, seed);
    crons.set(timezone, cron, compiled);
    return compiled;
  }
  const { from, until, excludedCalendar } = schedule;
  // Ids of jobs have no line breaks, nor has JSON.
  const key =
    cron === undefined
      ? JSON.stringify([spec, spreadSeed(spec, seed), from, until, digestOf(excludedCalendar)])
      : `${cron}\n${seed ?? ''}`;
  const known = others.get(timezone, key);
  if (known) return known;
  const compiled = compile(spec, schedule, seed);
  others.set(timezone, key, compiled, key.length);
  return compiled;
}

function compile(spec: RuleSpec, schedule: ScheduleFields, seed: string | undefined): CompiledSchedule {
  const zone = Zone.named(schedule.timezone);
  const { normal, recurrence } = compileRule(spec, zone, { seed, from: schedule.from });
  const { narrowed, words } = limited(recurrence, schedule);
  return new ZonedSchedule(spec.kind, schedule.timezone, { normal, recurrence: narrowed }, words);
}

/** The id of the job, where what the rule means depends on it. */
const spreadSeed = (spec: RuleSpec, seed: string | undefined) =>
  spec.kind === 'cron' && isSpread(spec.cron) ? seed : undefined;

/** Calendars are long, and many schedules have the same. */
const digestOf = (calendar: string | undefined) =>
  calendar === undefined ? undefined : hash('sha256', calendar, 'base64');

/** The expression of a schedule that has nothing else. */
function cronAlone({
  cron,
  interval,
  rrule,
  at,
  from,
  until,
  excludedCalendar,
}: ScheduleFields): string | undefined {
  return (interval ?? rrule ?? at ?? from ?? until ?? excludedCalendar) === undefined ? cron : undefined;
}
