import { without } from '../without.js';
import type { RunEvent } from './run.events.js';
import {
  type AttemptState,
  type EndedRun,
  KEPT_ATTEMPTS,
  type KnownRun,
  type RunState,
} from './run.state.js';
import { isTaskState } from './task-verdicts.js';

export function evolveRun(run: RunState, { type, data }: RunEvent): RunState {
  if (type === 'RunQueued') {
    const fresh = { attempts: [], attemptCount: 0, consumed: false, countedAttempts: 0 };
    return { ...data, ...fresh, status: 'queued', notBefore: 0 };
  }
  if (run.status === 'none') return run;
  switch (type) {
    case 'AttemptLaunched': {
      const { attempt, taskId, agentId, hostname, launchedAt, values, volumes } = data;
      const next = {
        attempt,
        taskId,
        agentId,
        hostname,
        launchedAt,
        ...(values === undefined ? {} : { values }),
        ...(volumes === undefined ? {} : { volumes }),
        state: 'TASK_STAGING',
        reported: false,
      } as const;
      const attempts = [...run.attempts, next].slice(-KEPT_ATTEMPTS);
      const { firstLaunchedAt = launchedAt } = run;
      return { ...openFacts(run), status: 'launched', attempts, attemptCount: attempt, firstLaunchedAt };
    }
    case 'TaskStateReported': {
      const { state, reportedAt } = data;
      const away = state === 'TASK_UNREACHABLE' || state === 'TASK_UNKNOWN';
      return changed(run, data.attempt, ({ unreachableSince, ...attempt }) => ({
        ...attempt,
        state,
        reported: attempt.reported || !away,
        ...(away ? { unreachableSince: unreachableSince ?? reportedAt } : {}),
      }));
    }
    case 'AttemptStarted': {
      const started = changed(run, data.attempt, (attempt) => ({
        ...without(attempt, 'unreachableSince'),
        state: 'TASK_RUNNING',
        reported: true,
        startedAt: data.startedAt,
        ...(data.sandbox === undefined ? {} : { sandbox: data.sandbox }),
      }));
      return started.status === 'launched' ? { ...started, status: 'running', consumed: true } : started;
    }
    case 'AttemptEnded': {
      const over = changed(run, data.attempt, (attempt) => ({
        ...without(attempt, 'unreachableSince'),
        state: isTaskState(data.state) ? data.state : attempt.state,
        reported: true,
        endedAt: data.endedAt,
        ...(data.exitCode === undefined ? {} : { exitCode: data.exitCode }),
        ...(data.reason === undefined ? {} : { reason: data.reason }),
        ...(data.message === undefined ? {} : { message: data.message }),
      }));
      const counts = data.neverStarted !== true;
      const consumed = over.consumed || counts;
      const countedAttempts = over.countedAttempts + (counts ? 1 : 0);
      if (data.retryAt === undefined) return { ...over, consumed, countedAttempts };
      return { ...openFacts(over), consumed, countedAttempts, status: 'queued', notBefore: data.retryAt };
    }
    case 'RunStopRequested': {
      const { requestedAt, graceSeconds, reason } = data;
      return {
        ...run,
        stopRequestedAt: requestedAt,
        ...(graceSeconds === undefined ? {} : { stopGraceSeconds: graceSeconds }),
        ...(reason === undefined ? {} : { stopReason: reason }),
      };
    }
    case 'StopGraceChanged':
      return { ...run, stopGraceSeconds: data.graceSeconds };
    case 'RunTimedOut':
      return { ...run, timedOutAt: data.timedOutAt };
    case 'RunEnded': {
      const { outcome, endedAt, reason, exitCode } = data;
      const end: EndedRun = { ...openFacts(run), status: 'ended', outcome, endedAt };
      return {
        ...end,
        ...(reason === undefined ? {} : { reason }),
        ...(exitCode === undefined ? {} : { exitCode }),
      };
    }
    default:
      return run;
  }
}

function changed(run: KnownRun, number: number, change: (attempt: AttemptState) => AttemptState): KnownRun {
  return {
    ...run,
    attempts: run.attempts.map((attempt) => (attempt.attempt === number ? change(attempt) : attempt)),
  };
}

/** What a run is apart from its status. */
const openFacts = (run: KnownRun) => without(run, 'status', 'notBefore');
