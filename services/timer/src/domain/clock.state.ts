import type { ArmedSchedule } from './armed-schedule.js';
import type { ClockEvent, ScheduleArmed, ScheduleDisarmed } from './clock.events.js';

/** The Clock of a job (of one uid): its armed schedules and how far each has decided. */
export type ClockState =
  | { readonly status: 'blank' }
  | {
      readonly status: 'set';
      readonly jobId: string;
      readonly uid: string;
      /** The latest revision that armed a schedule. */
      readonly revision: number;
      /** Those of the revision in force, and closed ones that still have instants to decide. */
      readonly schedules: readonly ArmedSchedule[];
    };

export const blankClock: ClockState = { status: 'blank' };

export function evolve(state: ClockState, event: ClockEvent): ClockState {
  switch (event.type) {
    case 'ScheduleArmed':
      return armed(state, event);
    case 'ScheduleDisarmed':
      return change(state, event.data, (schedule) => disarmed(schedule, event));
    case 'RunDue':
      return change(state, event.data, (schedule) => decidedUpTo(schedule, event.data.dueAt));
    case 'DueInstantsMissed':
      return change(state, event.data, (schedule) => decidedUpTo(schedule, event.data.lastDueAt));
    default:
      return state; // an event of a later version
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
    decidedAhead: data.decided,
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
  return {
    ...schedule,
    decidedUpTo: instant,
    decidedAhead: schedule.decidedAhead.filter((decided) => decided > instant),
  };
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
