import { isCarillonError } from '@carillon/event-sourcing';
import { type ArmedSchedule, nextDueAt } from './armed-schedule.js';
import type { ClockEvent, ScheduleArmed, ScheduleDisarmed } from './clock.events.js';

/** The Clock of a job (of one uid): its armed schedules and how far each has decided. */
export type ClockState = { readonly status: 'blank' } | SetClock;

export interface SetClock {
  readonly status: 'set';
  readonly jobId: string;
  readonly uid: string;
  /** The latest revision that armed a schedule. */
  readonly revision: number;
  /** Those of the revision in force, and closed ones that still have instants to decide. */
  readonly schedules: readonly ArmedSchedule[];
  /** When the clock has to be fired next; absent when it has nothing left to decide. Follows from the schedules. */
  readonly nextDueAt?: number;
}

export const blankClock: ClockState = { status: 'blank' };

export function evolve(state: ClockState, event: ClockEvent): ClockState {
  switch (event.type) {
    case 'ScheduleArmed':
      return settled(armed(state, event));
    case 'ScheduleDisarmed':
      return settled(change(state, event.data, (schedule) => disarmed(schedule, event)));
    case 'RunDue':
      return settled(change(state, event.data, (schedule) => decidedUpTo(schedule, event.data.dueAt)));
    case 'DueInstantsMissed':
      return settled(change(state, event.data, (schedule) => decidedUpTo(schedule, event.data.lastDueAt)));
    default:
      return state; // an event of a later version
  }
}

/** The state with the next due instant that its schedules lead to, by the zone data in use. */
export function settled(state: ClockState): ClockState {
  if (state.status === 'blank') return state;
  const { status, jobId, uid, revision, schedules } = state;
  let nearest: number | undefined;
  for (const schedule of schedules) {
    const dueAt = nextDueOrAtOnce(schedule);
    if (dueAt !== undefined && (nearest === undefined || dueAt < nearest)) nearest = dueAt;
  }
  return {
    status,
    jobId,
    uid,
    revision,
    schedules,
    ...(nearest === undefined ? {} : { nextDueAt: nearest }),
  };
}

/** One that cannot be computed here (its zone is gone from the zone data) is due at once: firing says what is wrong. */
function nextDueOrAtOnce(schedule: ArmedSchedule): number | undefined {
  try {
    return nextDueAt(schedule);
  } catch (error) {
    if (isCarillonError(error)) return schedule.decidedUpTo + 1;
    throw error;
  }
}

function armed(state: ClockState, { data }: ScheduleArmed): ClockState {
  const { jobId, uid, revision, scheduleId, cron, timezone, startingDeadlineSeconds } = data;
  const schedule: ArmedSchedule = {
    scheduleId,
    revision,
    cron,
    timezone,
    startingDeadlineSeconds,
    decidedUpTo: data.from - 1,
    ...(data.decided.length > 0 ? { decidedAhead: data.decided } : {}),
  };
  const schedules = state.status === 'set' ? [...state.schedules, schedule] : [schedule];
  return { status: 'set', jobId, uid, revision, schedules };
}

function disarmed(schedule: ArmedSchedule, { data }: ScheduleDisarmed): ArmedSchedule | undefined {
  return data.lastDueAt === undefined
    ? undefined
    : { ...schedule, closed: { until: data.until, lastDueAt: data.lastDueAt } };
}

function decidedUpTo(schedule: ArmedSchedule, instant: number): ArmedSchedule | undefined {
  if (schedule.closed !== undefined && instant >= schedule.closed.lastDueAt) return undefined;
  const { decidedAhead, ...rest } = schedule;
  const ahead = decidedAhead?.filter((decided) => decided > instant) ?? [];
  return { ...rest, decidedUpTo: instant, ...(ahead.length > 0 ? { decidedAhead: ahead } : {}) };
}

/** Replaces the one schedule meant, or drops it. */
function change(
  state: ClockState,
  which: { readonly scheduleId: string; readonly revision: number },
  to: (schedule: ArmedSchedule) => ArmedSchedule | undefined,
): ClockState {
  if (state.status === 'blank') return state;
  const schedules = state.schedules.flatMap((schedule) => {
    if (schedule.scheduleId !== which.scheduleId || schedule.revision !== which.revision) return [schedule];
    return to(schedule) ?? [];
  });
  return { ...state, schedules };
}
