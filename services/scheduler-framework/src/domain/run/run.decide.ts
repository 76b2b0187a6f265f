import type { RunOutcome } from '@carillon/contracts';
import { assertNever, type Decider } from '@carillon/event-sourcing';
import { without } from '../without.js';
import { mayRestart, mayRetry, restartDelayMs, retryDelayMs } from './retry-policy.js';
import type {
  ExpireStartDeadline,
  ExpireTimeout,
  LaunchAttempt,
  RecordTaskStatus,
  RequestStop,
  RunCommand,
} from './run.commands.js';
import type { RunEvent } from './run.events.js';
import { evolveRun } from './run.evolve.js';
import {
  type ActiveRun,
  type AttemptState,
  currentAttempt,
  isEnding,
  type RunState,
  timeoutAt,
} from './run.state.js';
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
        return requestStop(command, state);
      case 'ExpireTimeout':
        return expireTimeout(command, state);
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
  if (run.status !== 'queued' || isEnding(run)) return [];
  if (command.now < run.notBefore || command.attempt !== run.attemptCount + 1) return [];
  const { attempt, taskId, agentId, hostname, values, volumes, now } = command;
  return [
    {
      type: 'AttemptLaunched',
      data: {
        ...{ ...identity(run), attempt, taskId, agentId, hostname, launchedAt: now },
        ...(values === undefined ? {} : { values }),
        ...(volumes === undefined ? {} : { volumes }),
      },
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
      return isEnding(run) && command.state === 'TASK_UNKNOWN'
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

function started(command: RecordTaskStatus, attempt: AttemptState, run: ActiveRun): RunEvent[] {
  const { sandbox } = command;
  const startedAt = happenedAt(command, attempt.launchedAt);
  const where = sandbox === undefined ? {} : { sandbox };
  const { attempt: number, taskId } = attempt;
  return [
    { type: 'AttemptStarted', data: { ...identity(run), attempt: number, taskId, startedAt, ...where } },
  ];
}

/** The agent's clock says when a task started and ended; what cannot be true of it is not believed. */
const happenedAt = ({ at, now }: Pick<RecordTaskStatus, 'at' | 'now'>, notBefore: number): number =>
  at === undefined ? now : Math.min(now, Math.max(at, notBefore));

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
  const outcome = verdict.kind === 'ended' || verdict.kind === 'vanished' ? verdict.outcome : 'lost';
  const final = verdict.kind === 'ended' && verdict.final === true;
  const { state, reason, message, exitCode, now } = status;
  const delayMs =
    isEnding(run) || outcome === 'succeeded'
      ? undefined
      : neverStarted
        ? restartDelayMs(attempt.attempt)
        : final
          ? undefined
          : delayOfNext(run, outcome, attempt.attempt, now);
  const endedAt = happenedAt(status, attempt.startedAt ?? attempt.launchedAt);
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
      endedAt,
      ...(neverStarted ? { neverStarted } : {}),
      ...(delayMs === undefined ? {} : { retryAt: now + delayMs }),
    },
  };
  if (delayMs !== undefined) return [attemptEnded];
  // What the caller of stop was told stays true, however the task ended.
  if (run.stopRequestedAt !== undefined) {
    return [attemptEnded, ended(run, 'killed', endedAt, run.stopReason ?? 'stopped', exitCode)];
  }
  if (run.timedOutAt !== undefined) {
    return [attemptEnded, ended(run, 'timedOut', endedAt, timeoutReason(run), exitCode)];
  }
  const why = outcome === 'succeeded' ? undefined : (message ?? reason ?? state);
  return [attemptEnded, ended(run, outcome, endedAt, why, exitCode)];
}

/** How long the run waits for another attempt after one that failed; undefined: there is none. */
function delayOfNext(run: ActiveRun, outcome: RunOutcome, attempt: number, now: number): number | undefined {
  const { restart, retry, queuedAt, countedAttempts, uid, runId } = run;
  if (retry === undefined) return mayRestart(restart, queuedAt, now) ? restartDelayMs(attempt) : undefined;
  const counted = countedAttempts + 1;
  if (!mayRetry(retry, outcome, counted)) return undefined;
  return retryDelayMs(retry, counted, `${uid}/${runId}/${attempt}`);
}

function requestStop({ now, graceSeconds, reason }: RequestStop, run: ActiveRun): RunEvent[] {
  if (run.stopRequestedAt !== undefined) {
    if (graceSeconds === undefined || graceSeconds === run.stopGraceSeconds) return [];
    return [{ type: 'StopGraceChanged', data: { runId: run.runId, graceSeconds, changedAt: now } }];
  }
  const requested: RunEvent = {
    type: 'RunStopRequested',
    data: {
      ...identity(run),
      requestedAt: now,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
  return run.status === 'queued' ? [requested, ended(run, 'killed', now, reason ?? 'stopped')] : [requested];
}

function expireTimeout({ now }: ExpireTimeout, run: ActiveRun): RunEvent[] {
  const at = timeoutAt(run);
  if (at === undefined || now < at || isEnding(run)) return [];
  if (run.status === 'queued') return [ended(run, 'timedOut', now, timeoutReason(run))];
  return [{ type: 'RunTimedOut', data: { runId: run.runId, timedOutAt: now } }];
}

const timeoutReason = ({ timeoutSeconds = 0 }: ActiveRun) => `took longer than ${timeoutSeconds} s`;

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
      ...(run.workflowRunId === undefined ? {} : { workflowRunId: run.workflowRunId }),
      ...(run.backfillId === undefined ? {} : { backfillId: run.backfillId }),
      ...(reason === undefined ? {} : { reason }),
      ...(exitCode === undefined ? {} : { exitCode }),
    },
  };
}

const identity = ({ jobId, uid, runId }: ActiveRun) => ({ jobId, uid, runId });
