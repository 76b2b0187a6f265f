import { type ArmedSchedule, compiledHere, nextDueAt, type Rule } from './armed-schedule.js';
import type { ReviseSchedules, ScheduleRule } from './clock.commands.js';
import type { DecidedByGone, TakenByGone } from './clock.state.js';
import type { ScheduleArmed, ScheduleDisarmed, ScheduleExtras } from './clock.events.js';

/**
 * Closes a schedule. A due instant belongs to the revision in force at that instant, so what lies before `until` and is
 * not decided yet (the edit may arrive before or after it is claimed) is still decided by this schedule; unless its instants
 * cannot be computed here, for then it could be neither mended nor removed.
 */
export function disarm(
  schedule: ArmedSchedule,
  jobId: string,
  until: number,
  reason: ScheduleDisarmed['data']['reason'],
): ScheduleDisarmed {
  const last = lastUndecided(schedule, jobId, until);
  const ahead = decidedFrom(until, schedule, jobId);
  const taken = takenBy(schedule, jobId, until);
  const { revision, scheduleId } = schedule;
  return {
    type: 'ScheduleDisarmed',
    data: {
      ...{ revision, scheduleId, until, reason },
      ...(last === undefined ? {} : { lastDueAt: last }),
      ...(ahead.length === 0 ? {} : { decidedAhead: ahead }),
      ...(taken === undefined ? {} : { taken }),
    },
  };
}

/** What schedules that are gone leave to a revision that has them again. */
export interface LeftByGone {
  readonly decidedByGone?: readonly DecidedByGone[];
  readonly takenByGone?: readonly TakenByGone[];
}

/**
 * Arms a schedule of a new revision, which may have come into force before the timer heard of it. One that cannot be
 * computed here (the registry's zone data is newer) is armed as well: it is decided where it can be, or once it can.
 */
export function arm(
  { jobId, uid, revision, definedAt }: ReviseSchedules,
  schedule: ScheduleRule,
  earlier: readonly ArmedSchedule[],
  { decidedByGone = [], takenByGone = [] }: LeftByGone,
): ScheduleArmed {
  const { id, cron, timezone, startingDeadlineSeconds } = schedule;
  const before = earlier.filter(({ scheduleId }) => scheduleId === id);
  const counted = countedRule(schedule, { before, takenByGone }, jobId, definedAt);
  const { more } = counted;
  const rule = compiledHere(counted, jobId);
  const past = [
    ...before.flatMap((known) => decidedFrom(definedAt, known, jobId)),
    ...decidedByGone.flatMap(({ scheduleId, instants }) => (scheduleId === id ? instants : [])),
  ];
  const decided = [...new Set(past)]
    .filter((dueAt) => dueAt >= definedAt && (rule === undefined || rule.next(dueAt - 1) === dueAt))
    .sort((a, b) => a - b);
  return {
    type: 'ScheduleArmed',
    data: {
      jobId,
      uid,
      revision,
      scheduleId: id,
      cron,
      timezone,
      startingDeadlineSeconds,
      from: definedAt,
      decided,
      ...(more === undefined ? {} : { more }),
    },
  };
}

/** When a schedule is due, and its policies: what goes beyond a cron expression is apart, for most have nothing of it. */
export function ruleOf(schedule: Omit<ScheduleRule, 'id' | 'startingDeadlineSeconds' | 'enabled'>): Rule {
  const { cron, timezone, interval, rrule, at, from, until, excludedCalendar, catchUp, jitterSeconds } =
    schedule;
  const more: ScheduleExtras = {
    ...(interval === undefined ? {} : { interval }),
    ...(rrule === undefined ? {} : { rrule }),
    ...(at === undefined ? {} : { at }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(excludedCalendar === undefined ? {} : { excludedCalendar }),
    ...(catchUp === undefined ? {} : { catchUp }),
    ...(jitterSeconds === undefined ? {} : { jitterSeconds }),
  };
  return { cron, timezone, ...(Object.keys(more).length === 0 ? {} : { more }) };
}

/** With what it has left of a limited number of instants. */
function countedRule(
  schedule: ScheduleRule,
  { before, takenByGone }: { before: readonly ArmedSchedule[]; takenByGone: readonly TakenByGone[] },
  jobId: string,
  definedAt: number,
): Rule {
  const rule = ruleOf(schedule);
  const { maxRuns } = schedule;
  if (maxRuns === undefined) return rule;
  const same = before.find((known) => known.closed === undefined && sameRule(known, rule));
  const gone = takenByGone.find((known) => known.scheduleId === schedule.id && sameRule(known.rule, rule));
  const taken = (same && takenBy(same, jobId, definedAt)) ?? gone?.taken ?? 0;
  return { ...rule, more: { ...rule.more, maxRuns, runsLeft: Math.max(maxRuns - taken, 0) } };
}

/** Editing a job does not begin the count of its schedules anew, editing when they are due does. */
function sameRule(a: Rule, b: Rule): boolean {
  const said = ({ cron, timezone, more = {} }: Rule) => {
    const { interval, rrule, at, from, until } = more;
    return JSON.stringify([cron, timezone, interval, rrule, at, from, until]);
  };
  return said(a) === said(b);
}

/** The instants that a schedule has decided, and those that it still will; undefined when they are not limited. */
function takenBy(schedule: ArmedSchedule, jobId: string, until: number): number | undefined {
  const { maxRuns, runsLeft } = schedule.more ?? {};
  if (maxRuns === undefined || runsLeft === undefined) return undefined;
  const still = instantsOf(schedule, jobId, schedule.decidedUpTo, until - 1, runsLeft);
  return maxRuns - runsLeft + still.length;
}

/** The last instant before `until` that is not decided. */
function lastUndecided(schedule: ArmedSchedule, jobId: string, until: number): number | undefined {
  if (schedule.more?.runsLeft === 0) return undefined;
  const rule = compiledHere(schedule, jobId);
  let last = rule?.previous(until);
  while (last !== undefined && schedule.decidedAhead?.includes(last)) last = rule?.previous(last);
  return last !== undefined && last > schedule.decidedUpTo ? last : undefined;
}

/** What the schedule has decided, or found decided, from `from` on. */
function decidedFrom(from: number, schedule: ArmedSchedule, jobId: string): number[] {
  const { decidedAhead = [], more, ...own } = schedule;
  const ahead = decidedAhead.filter((dueAt) => dueAt >= from);
  const past = more === undefined ? own : { ...own, more: { ...more, runsLeft: Infinity } };
  return [...instantsOf(past, jobId, from - 1, schedule.decidedUpTo), ...ahead];
}

/** None when they cannot be computed here. */
function instantsOf(
  schedule: ArmedSchedule,
  jobId: string,
  after: number,
  upTo: number,
  most = Infinity,
): number[] {
  const instants: number[] = [];
  const rule = compiledHere(schedule, jobId);
  if (rule === undefined) return instants;
  let dueAt = nextDueAt(schedule, jobId, after, rule);
  while (dueAt !== undefined && dueAt <= upTo && instants.length < most) {
    instants.push(dueAt);
    dueAt = nextDueAt(schedule, jobId, dueAt, rule);
  }
  return instants;
}
