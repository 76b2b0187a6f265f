import { isCarillonError } from '@carillon/event-sourcing';
import { type CompiledSchedule, compileSchedule, jitterMs } from '@carillon/time';
import type { ScheduleExtras } from './clock.events.js';
import { type PauseSpan, pausedUntil } from './pauses.js';

/** A schedule of one revision, and how far it has decided. Instants are epoch milliseconds. */
export interface ArmedSchedule {
  readonly scheduleId: string;
  readonly revision: number;
  readonly cron: string;
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  /** Every due instant up to and including this one is decided. */
  readonly decidedUpTo: number;
  /** Due instants after `decidedUpTo` that an earlier revision has decided; ascending, nearly always none. */
  readonly decidedAhead?: readonly number[];
  /** Another revision is in force from `until` on; `lastDueAt` is the last instant before it to be decided. */
  readonly closed?: { readonly until: number; readonly lastDueAt: number };
  /** What few schedules have: another kind of rule, a window, policies. */
  readonly more?: ScheduleExtras;
}

/** What a schedule depends on besides itself. */
export interface Surroundings {
  /** By which `H` and `~` of cron expressions, and jitter, are spread. */
  readonly jobId: string;
  readonly pauses?: readonly PauseSpan[];
}

export type Rule = Pick<ArmedSchedule, 'cron' | 'timezone' | 'more'>;

export function compiled({ cron, timezone, more }: Rule, jobId: string): CompiledSchedule {
  if (more === undefined) return compileSchedule({ cron, timezone }, jobId);
  const { interval, rrule, at, from, until, excludedCalendar } = more;
  return compileSchedule(
    {
      cron,
      timezone,
      ...(interval === undefined ? {} : { interval }),
      ...(rrule === undefined ? {} : { rrule }),
      ...(at === undefined ? {} : { at }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(excludedCalendar === undefined ? {} : { excludedCalendar }),
    },
    jobId,
  );
}

/** Undefined when it cannot be computed here: its zone is not in the zone data, or this version refuses its rule. */
export function compiledHere(rule: Rule, jobId: string): CompiledSchedule | undefined {
  const found = compiledOrWhyNot(rule, jobId);
  return typeof found === 'string' ? undefined : found;
}

/** The text says why it cannot be computed here. */
export function compiledOrWhyNot(rule: Rule, jobId: string): CompiledSchedule | string {
  try {
    return compiled(rule, jobId);
  } catch (error) {
    if (isCarillonError(error)) return error.message;
    throw error;
  }
}

/**
 * The nearest due instant of a schedule that is not decided. It follows from the one before, never from the present time,
 * so however late the timer is, no instant is passed over.
 */
export function nextDueAt(
  schedule: ArmedSchedule,
  jobId: string,
  after = schedule.decidedUpTo,
  rule = compiled(schedule, jobId),
): number | undefined {
  if (schedule.more?.runsLeft === 0) return undefined;
  let dueAt = rule.next(after);
  while (dueAt !== undefined && schedule.decidedAhead?.includes(dueAt)) dueAt = rule.next(dueAt);
  return dueAt !== undefined && schedule.closed !== undefined && dueAt >= schedule.closed.until
    ? undefined
    : dueAt;
}

/**
 * When a due instant is to be decided: at once, but for jitter, which delays the decision and leaves the instant
 * nominal; in a pause at its end, which may be never.
 */
export function decideAt(
  schedule: ArmedSchedule,
  dueAt: number,
  { jobId, pauses = [] }: Surroundings,
): number {
  const end = pauses.length === 0 ? undefined : pausedUntil(dueAt, pauses);
  return end ?? jittered(schedule, dueAt, jobId);
}

/** When a due instant that lies in no pause is to be decided. */
export function jittered({ more }: ArmedSchedule, dueAt: number, jobId: string): number {
  const { jitterSeconds = 0 } = more ?? {};
  return jitterSeconds > 0 ? dueAt + jitterMs(jobId, dueAt, jitterSeconds) : dueAt;
}
