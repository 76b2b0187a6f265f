import type { RunOutcome } from '@carillon/contracts';
import { assertNever, type Decider } from '@carillon/event-sourcing';
import { without } from '../without.js';
import { mayRestart, retryDelayMs } from './restart-policy.js';
import type { ExpireStartDeadline, LaunchAttempt, RecordTaskStatus, RunCommand } from './run.commands.js';
import type { RunEvent } from './run.events.js';
import { evolveRun } from './run.evolve.js';
import { type ActiveRun, type AttemptState, currentAttempt, type RunState } from './run.state.js';
import { type Verdict, verdictOf } from './task-verdicts.js';

/**
 * One run: attempts, one at a time, until an outcome. Whatever Mesos repeats, or says of an attempt that is over,
 * changes nothing.
 */
export const runDecider: Decider<RunState, RunCommand, RunEvent> = {
  initialState: () => ({ status: 'none' }),
  decide(command, state) {
    if (command.type === 'QueueRun') return state.status === 'none' ? [queued(command)] : [];
    if (state.status === 'none' || state.status === 'ended') return [];
    switch (command.type) {
      case 'LaunchAttempt':
        return launch(command, state);
      case 'RecordTaskStatus':
        return recordStatus(command, state);
      case 'RequestStop':
        return requestStop(command.now, state);
      case 'ExpireStartDeadline':
        return expire(command, state);
      case 'GiveUpUnreachable': {
        const attempt = currentAttempt(state);
        if (attempt?.unreachableSince === undefined) return [];
        if (attempt.unreachableSince + command.timeoutMs > command.now) return [];
        const { taskId, state: taskState } = attempt;
        const message = 'the agent did not come back in time';
        return endAttempt({ taskId, state: taskState, message, now: command.now }, LOST, attempt, state);
      }
      case 'RejectRun':
        return state.status === 'queued' ? [ended(state, 'failed', command.now, command.reason)] : [];
      default:
        return assertNever(command, 'command of a run');
    }
  },
  evolve: evolveRun,
};

const LOST: Verdict = { kind: 'ended', outcome: 'lost' };

function queued(command: Extract<RunCommand, { type: 'QueueRun' }>): RunEvent {
  const facts = without(command, 'type', 'now');
  return { type: 'RunQueued', data: { ...facts, queuedAt: command.now } };
}

function launch(command: LaunchAttempt, run: ActiveRun): RunEvent[] {
  if (run.status !== 'queued' || run.stopRequestedAt !== undefined) return [];
  if (command.now < run.notBefore || command.attempt !== run.attemptCount + 1) return [];
  const { attempt, taskId, agentId, hostname, now } = command;
  return [
    {
      type: 'AttemptLaunched',
      data: { ...identity(run), attempt, taskId, agentId, hostname, launchedAt: now },
    },
  ];
}

function recordStatus(command: RecordTaskStatus, run: ActiveRun): RunEvent[] {
  const attempt = currentAttempt(run);
  if (attempt === undefined || attempt.taskId !== command.taskId) return [];
  const verdict = verdictOf(command.state, command.reason);
  switch (verdict.kind) {
    case 'running':
      return attempt.startedAt === undefined
        ? started(command, attempt, run)
        : reported(command, attempt, run);
    case 'alive':
      return isStepBack(command, attempt) ? [] : reported(command, attempt, run);
    case 'absent':
      // Answers a KILL too: what nobody knows of is not going to be killed any further.
      return run.stopRequestedAt !== undefined && command.state === 'TASK_UNKNOWN'
        ? endAttempt(command, LOST, attempt, run)
        : reported(command, attempt, run);
    case 'neverStarted':
    case 'vanished':
    case 'ended':
      return endAttempt(command, verdict, attempt, run);
    default:
      return assertNever(verdict, 'verdict on a task');
  }
}

const isStepBack = (command: RecordTaskStatus, attempt: AttemptState) =>
  attempt.startedAt !== undefined && (command.state === 'TASK_STAGING' || command.state === 'TASK_STARTING');

function started({ now, sandbox }: RecordTaskStatus, attempt: AttemptState, run: ActiveRun): RunEvent[] {
  const where = sandbox === undefined ? {} : { sandbox };
  const { attempt: number, taskId } = attempt;
  return [
    { type: 'AttemptStarted', data: { ...identity(run), attempt: number, taskId, startedAt: now, ...where } },
  ];
}

function reported({ state, now }: RecordTaskStatus, attempt: AttemptState, run: ActiveRun): RunEvent[] {
  // The first word about a task counts, even when it is the TASK_STAGING that was assumed.
  if (attempt.state === state && (attempt.reported || state !== 'TASK_STAGING')) return [];
  const { attempt: number, taskId } = attempt;
  return [
    {
      type: 'TaskStateReported',
      data: { runId: run.runId, attempt: number, taskId, state, reportedAt: now },
    },
  ];
}

function endAttempt(
  status: Omit<RecordTaskStatus, 'type'>,
  verdict: Verdict,
  attempt: AttemptState,
  run: ActiveRun,
): RunEvent[] {
  const neverStarted =
    attempt.startedAt === undefined &&
    (verdict.kind === 'neverStarted' || (verdict.kind === 'vanished' && !attempt.reported));
  const outcome: RunOutcome = verdict.kind === 'ended' ? verdict.outcome : 'lost';
  const final = verdict.kind === 'ended' && verdict.final === true;
  const again =
    run.stopRequestedAt === undefined &&
    outcome !== 'succeeded' &&
    (neverStarted || (!final && mayRestart(run.restart, run.queuedAt, status.now)));
  const { state, reason, message, exitCode, now } = status;
  const attemptEnded: RunEvent = {
    type: 'AttemptEnded',
    data: {
      ...identity(run),
      attempt: attempt.attempt,
      taskId: attempt.taskId,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      ...(exitCode === undefined ? {} : { exitCode }),
      endedAt: now,
      ...(neverStarted ? { neverStarted } : {}),
      ...(again ? { retryAt: now + retryDelayMs(attempt.attempt) } : {}),
    },
  };
  if (again) return [attemptEnded];
  // What the caller of stop was told stays true, however the task ended.
  if (run.stopRequestedAt !== undefined)
    return [attemptEnded, ended(run, 'killed', now, 'stopped', exitCode)];
  const why = outcome === 'succeeded' ? undefined : (message ?? reason ?? state);
  return [attemptEnded, ended(run, outcome, now, why, exitCode)];
}

function requestStop(now: number, run: ActiveRun): RunEvent[] {
  if (run.stopRequestedAt !== undefined) return [];
  const requested: RunEvent = { type: 'RunStopRequested', data: { ...identity(run), requestedAt: now } };
  return run.status === 'queued' ? [requested, ended(run, 'killed', now, 'stopped')] : [requested];
}

function expire({ now }: ExpireStartDeadline, run: ActiveRun): RunEvent[] {
  if (run.status !== 'queued' || run.consumed) return [];
  if (run.startDeadlineAt === undefined || now < run.startDeadlineAt) return [];
  return [ended(run, 'failed', now, 'startingDeadlineExceeded')];
}

function ended(
  run: ActiveRun,
  outcome: RunOutcome,
  now: number,
  reason?: string,
  exitCode?: number,
): RunEvent {
  return {
    type: 'RunEnded',
    data: {
      ...identity(run),
      outcome,
      endedAt: now,
      ...(reason === undefined ? {} : { reason }),
      ...(exitCode === undefined ? {} : { exitCode }),
    },
  };
}

const identity = ({ jobId, uid, runId }: ActiveRun) => ({ jobId, uid, runId });
