import type { Attempt, Run } from '@carillon/contracts';
import type { AttemptState, KnownRun } from '../domain/run/run.state.js';
import { without } from '../domain/without.js';

/** The run as the API shows it. */
export function toRun(run: KnownRun): Run {
  const { jobId, uid, runId, revision, trigger, scheduleId, dueAt, queuedAt, status } = run;
  const { workflowRunId, backfillId, overrides } = run;
  return {
    jobId,
    uid,
    runId,
    revision,
    trigger,
    ...(scheduleId === undefined ? {} : { scheduleId }),
    dueAt,
    queuedAt,
    status,
    attempts: run.attempts.map(toAttempt),
    stopRequested: run.stopRequestedAt !== undefined,
    ...(workflowRunId === undefined ? {} : { workflowRunId }),
    ...(backfillId === undefined ? {} : { backfillId }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(run.status === 'ended' ? { outcome: run.outcome, endedAt: run.endedAt } : {}),
    ...(run.status === 'ended' && run.reason !== undefined ? { reason: run.reason } : {}),
  };
}

/** As the caller of stop sees it: the outcome is certain, though Mesos may still be at it. */
export function toStoppedRun(run: KnownRun): Run {
  if (run.status === 'ended' || run.stopRequestedAt === undefined) return toRun(run);
  return {
    ...toRun(run),
    status: 'ended',
    outcome: 'killed',
    endedAt: run.stopRequestedAt,
    reason: run.stopReason ?? 'stopped',
  };
}

const toAttempt = (attempt: AttemptState): Attempt =>
  without(attempt, 'reported', 'unreachableSince', 'values');
