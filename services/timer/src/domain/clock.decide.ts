import { assertNever, type Decider } from '@carillon/event-sourcing';
import { runIdOf } from '@carillon/time';
import type { ClockCommand, Fire, ReviseSchedules, StopClock } from './clock.commands.js';
import type { ClockEvent } from './clock.events.js';
import { blankClock, type ClockState, evolve } from './clock.state.js';
import { fire } from './fire.js';
import { arm, disarm } from './revise.js';

export function decide(command: ClockCommand, state: ClockState): readonly ClockEvent[] {
  switch (command.type) {
    case 'ReviseSchedules':
      return revise(command, state);
    case 'StopClock':
      return stop(command, state);
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
  if (state.status === 'set' && command.revision <= state.revision) return [];
  return [
    ...armed
      .filter((schedule) => schedule.closed === undefined)
      .map((schedule) => disarm(schedule, command.definedAt, 'jobRevised')),
    ...command.schedules.filter((rule) => rule.enabled).map((rule) => arm(command, rule, armed)),
  ];
}

function stop(command: StopClock, state: ClockState): readonly ClockEvent[] {
  if (state.status === 'blank') return [];
  return state.schedules
    .filter((schedule) => schedule.closed === undefined)
    .map((schedule) => disarm(schedule, command.removedAt, 'jobRemoved'));
}

function fireAll({ now }: Fire, state: ClockState): readonly ClockEvent[] {
  if (state.status === 'blank') return [];
  const { jobId, uid } = state;
  return state.schedules.flatMap((schedule): ClockEvent[] => {
    const { scheduleId, revision } = schedule;
    const { due, missed } = fire(schedule, now);
    const runs = due.map((dueAt): ClockEvent => {
      const runId = runIdOf({ uid, scheduleId, dueAt });
      return {
        type: 'RunDue',
        data: { jobId, uid, revision, runId, scheduleId, dueAt, decidedAt: now, trigger: 'schedule' },
      };
    });
    if (missed === undefined) return runs;
    const { first, last, count } = missed;
    const data = {
      jobId,
      uid,
      revision,
      scheduleId,
      firstDueAt: first,
      lastDueAt: last,
      count,
      decidedAt: now,
    };
    return [{ type: 'DueInstantsMissed', data: { ...data, reason: 'startingDeadlineExceeded' } }, ...runs];
  });
}
