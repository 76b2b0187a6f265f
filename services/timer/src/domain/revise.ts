import { compileSchedule } from '@carillon/time';
import { type ArmedSchedule, nextDueAt } from './armed-schedule.js';
import type { ReviseSchedules, ScheduleRule } from './clock.commands.js';
import type { ScheduleArmed, ScheduleDisarmed } from './clock.events.js';

/**
 * Closes a schedule. A due instant belongs to the revision in force at that instant, so what lies before `until` and is
 * not decided yet (the edit may arrive before or after it is claimed) is still decided by this schedule.
 */
export function disarm(
  schedule: ArmedSchedule,
  until: number,
  reason: ScheduleDisarmed['data']['reason'],
): ScheduleDisarmed {
  const last = instantsOf(schedule, schedule.decidedUpTo, until - 1).at(-1);
  const { revision, scheduleId } = schedule;
  return {
    type: 'ScheduleDisarmed',
    data: { revision, scheduleId, until, ...(last === undefined ? {} : { lastDueAt: last }), reason },
  };
}

/** Arms a schedule of a new revision, which may have come into force before the timer heard of it. */
export function arm(
  { jobId, uid, revision, definedAt }: ReviseSchedules,
  { id, cron, timezone, startingDeadlineSeconds }: ScheduleRule,
  earlier: readonly ArmedSchedule[],
): ScheduleArmed {
  const rule = compileSchedule({ cron, timezone });
  const decided = earlier
    .filter((schedule) => schedule.scheduleId === id)
    .flatMap((schedule) => decidedFrom(definedAt, schedule))
    .filter((dueAt) => rule.next(dueAt - 1) === dueAt)
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
    },
  };
}

/** What the schedule has decided, or found decided, from `from` on. */
function decidedFrom(from: number, schedule: ArmedSchedule): number[] {
  const { decidedAhead = [], ...own } = schedule;
  const ahead = decidedAhead.filter((dueAt) => dueAt >= from);
  return [...instantsOf(own, from - 1, schedule.decidedUpTo), ...ahead];
}

function instantsOf(schedule: ArmedSchedule, after: number, upTo: number): number[] {
  const instants: number[] = [];
  for (let dueAt = nextDueAt(schedule, after); dueAt !== undefined && dueAt <= upTo; ) {
    instants.push(dueAt);
    dueAt = nextDueAt(schedule, dueAt);
  }
  return instants;
}
