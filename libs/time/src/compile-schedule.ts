import { compileRule } from './compile-rule.js';
import { isSpread } from './cron/spread.js';
import { limited } from './limits/limited.js';
import { ruleOf, type RuleSpec, type ScheduleFields } from './rule-spec.js';
import { type CompiledSchedule, ZonedSchedule } from './schedule.js';
import { ScheduleCache } from './schedule-cache.js';
import { Zone } from './zone/zone.js';

/** About 300 bytes each. */
const schedules = new ScheduleCache<CompiledSchedule>(100_000);

/**
 * Compiles a schedule of any kind. `seed` is the id of the job, by which `H` and `~` of a cron expression are spread.
 * Throws CarillonError `invalid` with code `cronInvalid`, `intervalInvalid`, `rruleInvalid`, `atInvalid`,
 * `calendarInvalid`, `windowInvalid`, `scheduleInvalid` or `timezoneUnknown`; `details` has `path`, `value` and `rule`.
 */
export function compileSchedule(schedule: ScheduleFields, seed?: string): CompiledSchedule {
  const spec = ruleOf(schedule);
  const key = keyOf(spec, schedule, seed);
  const known = schedules.get(schedule.timezone, key);
  if (known) return known;
  const zone = Zone.named(schedule.timezone);
  const { normal, recurrence } = compileRule(spec, zone, { seed, from: schedule.from });
  const { narrowed, words } = limited(recurrence, schedule, zone);
  const compiled = new ZonedSchedule(spec.kind, schedule.timezone, { normal, recurrence: narrowed }, words);
  schedules.set(schedule.timezone, key, compiled);
  return compiled;
}

/** What tells schedules of one zone apart: for most the cron text itself, which begins with no letter of the others. */
function keyOf(spec: RuleSpec, { from, until, excludedCalendar }: ScheduleFields, seed = ''): string {
  const plain = from === undefined && until === undefined && excludedCalendar === undefined;
  if (spec.kind === 'cron' && plain) return isSpread(spec.cron) ? `${spec.cron}\n${seed}` : spec.cron;
  const limits = plain ? [] : [from ?? null, until ?? null, excludedCalendar ?? null];
  return JSON.stringify([spec, seed, ...limits]);
}
