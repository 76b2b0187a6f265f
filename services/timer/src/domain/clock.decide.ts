import { assertNever, type CarillonError, type Decider, isCarillonError } from '@carillon/event-sourcing';
import { runIdOf } from '@carillon/time';
import type { ArmedSchedule } from './armed-schedule.js';
import type {
  ClockCommand,
  Fire,
  PauseClock,
  ResumeClock,
  ReviseSchedules,
  StopClock,
} from './clock.commands.js';
import type { ClockEvent } from './clock.events.js';
import { blankClock, type ClockState, evolve, type SetClock } from './clock.state.js';
import { type Decision, fire, type Fired } from './fire.js';
import { type PauseSpan, withoutPast } from './pauses.js';
import { arm, disarm } from './revise.js';

function decide(command: ClockCommand, state: ClockState): readonly ClockEvent[] {
  switch (command.type) {
    case 'ReviseSchedules':
      return revise(command, state);
    case 'StopClock':
      return stop(command, state);
    case 'PauseClock':
      return pause(command, state);
    case 'ResumeClock':
      return resume(command, state);
    case 'Fire':
      return fireAll(command, state);
    default:
      return assertNever(command, 'command');
  }
}

/** The Clock of a job: stream `clock-<uid>`. */
export const clock: Decider<ClockState, ClockCommand, ClockEvent> = {
  initialState: () => blankClock,
  decide,
  evolve,
};

function revise(command: ReviseSchedules, state: ClockState): readonly ClockEvent[] {
  const armed = state.status === 'set' ? state.schedules : [];
  const left = state.status === 'set' ? state : {};
  if (state.status === 'set' && command.revision <= state.revision) return [];
  return [
    ...armed
      .filter((schedule) => schedule.closed === undefined)
      .map((schedule) => disarm(schedule, command.jobId, command.definedAt, 'jobRevised')),
    ...command.schedules.filter((rule) => rule.enabled).map((rule) => arm(command, rule, armed, left)),
  ];
}

/** Ends a pause as well: what lies in it is decided, if only as missed. */
function stop({ removedAt }: StopClock, state: ClockState): readonly ClockEvent[] {
  if (state.status === 'blank') return [];
  const { jobId } = state;
  return [
    ...resume({ type: 'ResumeClock', resumedAt: removedAt }, state),
    ...state.schedules
      .filter((schedule) => schedule.closed === undefined)
      .map((schedule) => disarm(schedule, jobId, removedAt, 'jobRemoved')),
  ];
}

/** Of several at one instant the last counts: the registry answers requests of the same millisecond together. */
function pause({ jobId, uid, pausedAt, until }: PauseClock, state: ClockState): readonly ClockEvent[] {
  const known = pausesOf(state).some(
    (span) => span.from > pausedAt || (span.from === pausedAt && span.until === until),
  );
  if (known) return [];
  const data = { jobId, uid, pausedAt, ...(until === undefined ? {} : { until }) };
  return [{ type: 'ClockPaused', data }];
}

function resume({ resumedAt }: ResumeClock, state: ClockState): readonly ClockEvent[] {
  const lasts = pausesOf(state).some(({ from, until = Infinity }) => from <= resumedAt && resumedAt < until);
  return lasts ? [{ type: 'ClockResumed', data: { resumedAt } }] : [];
}

const pausesOf = (state: ClockState): readonly PauseSpan[] => (state.status === 'set' && state.pauses) || [];

/**
 * A schedule that cannot be computed here does not stop the others: it is refused when they have nothing to decide. The latest
 * revision comes first, for what an earlier one catches up with depends on it; and waits while that has more to decide.
 */
function fireAll({ now }: Fire, state: ClockState): readonly ClockEvent[] {
  if (state.status === 'blank') return [];
  const { jobId, pauses, schedules } = state;
  const fired: (Fired | undefined)[] = [];
  let refused: CarillonError | undefined;
  for (let at = schedules.length - 1; at >= 0; at--) {
    const schedule = schedules[at] as ArmedSchedule;
    const around =
      pauses === undefined ? { jobId } : { jobId, pauses: withoutPast(pauses, schedule.decidedUpTo) };
    const isLater = (index: number) => index > at && schedules[index]?.scheduleId === schedule.scheduleId;
    try {
      const next = fired.find((one, index) => one !== undefined && isLater(index));
      const one = fire(schedule, now, around, next?.runs);
      if (one.isCut) for (const index of fired.keys()) if (isLater(index)) fired[index] = undefined;
      fired[at] = one;
    } catch (error) {
      if (!isCarillonError(error)) throw error;
      refused ??= error;
    }
  }
  const events: ClockEvent[] = [];
  for (const [index, schedule] of schedules.entries()) {
    for (const decision of fired[index]?.decisions ?? [])
      events.push(happened(state, schedule, decision, now));
  }
  if (refused !== undefined && events.length === 0) throw refused;
  return events;
}

function happened(
  { jobId, uid }: SetClock,
  { scheduleId, revision }: { readonly scheduleId: string; readonly revision: number },
  decision: Decision,
  now: number,
): ClockEvent {
  if ('dueAt' in decision) {
    const { dueAt, startAt } = decision;
    const runId = runIdOf({ uid, scheduleId, dueAt });
    return {
      type: 'RunDue',
      data: {
        ...{ jobId, uid, revision, runId, scheduleId, dueAt, decidedAt: now, trigger: 'schedule' },
        ...(startAt === undefined ? {} : { startAt }),
      },
    };
  }
  const { first, last, count, reason } = decision;
  return {
    type: 'DueInstantsMissed',
    data: {
      ...{ jobId, uid, revision, scheduleId },
      ...{ firstDueAt: first, lastDueAt: last, count, decidedAt: now, reason },
    },
  };
}
