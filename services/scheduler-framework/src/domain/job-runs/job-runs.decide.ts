import { assertNever, type Decider, domainError } from '@carillon/event-sourcing';
import type {
  AdmitDueRun,
  AdmitManualRun,
  CloseJob,
  JobRunsCommand,
  ReleaseRun,
} from './job-runs.commands.js';
import type { JobRunsEvent, OverlapRefusal, SkipReason } from './job-runs.events.js';
import {
  DEFAULT_QUEUE_LIMIT,
  initialJobRuns,
  type JobRunsState,
  RECENT_KEYS,
  RECENT_RUNS,
  runOfKey,
} from './job-runs.state.js';

/**
 * The one door of all runs of a uid: scheduled and manual ones pass it, so two triggers cannot both see "none active".
 * A run id that was decided on already yields nothing.
 */
export const jobRuns: Decider<JobRunsState, JobRunsCommand, JobRunsEvent> = {
  initialState: () => initialJobRuns,
  decide(command, state) {
    switch (command.type) {
      case 'AdmitDueRun':
        return admitDue(command, state);
      case 'AdmitManualRun':
        return admitManual(command, state);
      case 'ReleaseRun':
        return release(command, state);
      case 'CloseJob':
        return close(command, state);
      default:
        return assertNever(command, 'command of job runs');
    }
  },
  evolve(state, { type, data }) {
    switch (type) {
      case 'RunAdmitted':
        return {
          ...state,
          active: [...state.active, data.runId],
          recent: [...state.recent, data.runId].slice(-RECENT_RUNS),
          keys:
            data.idempotencyKey === undefined
              ? state.keys
              : [...state.keys, { key: data.idempotencyKey, runId: data.runId }].slice(-RECENT_KEYS),
        };
      case 'RunSkipped':
        return { ...state, recent: [...state.recent, data.runId].slice(-RECENT_RUNS) };
      case 'RunReleased':
        return { ...state, active: state.active.filter((runId) => runId !== data.runId) };
      case 'JobClosed':
        return { ...state, closed: true };
      default:
        return state;
    }
  },
};

const isKnown = (state: JobRunsState, runId: string) =>
  state.recent.includes(runId) || state.active.includes(runId);

function admitDue(command: AdmitDueRun, state: JobRunsState): JobRunsEvent[] {
  if (isKnown(state, command.runId)) return [];
  const reason = reasonToSkip(command, state);
  if (reason !== undefined) return [skipped(command, reason)];
  return [admitted(command, state)];
}

function admitted(
  { jobId, uid, runId, concurrencyPolicy }: AdmitDueRun | AdmitManualRun,
  { active }: JobRunsState,
  key: { readonly idempotencyKey?: string } = {},
): JobRunsEvent {
  const replaces = concurrencyPolicy === 'REPLACE' && active.length > 0 ? { replaces: active } : {};
  return { type: 'RunAdmitted', data: { jobId, uid, runId, ...key, ...replaces } };
}

/** Active runs include those that wait for others: with n allowed to wait, one more may be there. */
function refusalBecauseOfOthers(
  { concurrencyPolicy, queueLimit = DEFAULT_QUEUE_LIMIT }: AdmitDueRun | AdmitManualRun,
  { active }: JobRunsState,
): OverlapRefusal | undefined {
  if (concurrencyPolicy === 'FORBID' && active.length > 0) return 'overlapForbidden';
  return concurrencyPolicy === 'QUEUE' && active.length > queueLimit ? 'queueFull' : undefined;
}

function reasonToSkip(command: AdmitDueRun, state: JobRunsState): SkipReason | undefined {
  if (state.closed || command.revisionGone === true) return 'jobRemoved';
  if (command.startDeadlineAt !== undefined && command.now > command.startDeadlineAt) {
    return 'startingDeadlineExceeded';
  }
  return refusalBecauseOfOthers(command, state);
}

function skipped(command: AdmitDueRun, reason: SkipReason): JobRunsEvent {
  const { jobId, uid, revision, runId, trigger, dueAt, now } = command;
  const { scheduleId, workflowRunId, backfillId } = command;
  return {
    type: 'RunSkipped',
    data: {
      ...{ jobId, uid, revision, runId, trigger, dueAt, skippedAt: now, reason },
      ...(scheduleId === undefined ? {} : { scheduleId }),
      ...(workflowRunId === undefined ? {} : { workflowRunId }),
      ...(backfillId === undefined ? {} : { backfillId }),
    },
  };
}

function admitManual(command: AdmitManualRun, state: JobRunsState): JobRunsEvent[] {
  const { jobId, uid, runId, idempotencyKey } = command;
  if (idempotencyKey !== undefined && runOfKey(state, idempotencyKey) !== undefined) return [];
  if (isKnown(state, runId)) return [];
  if (state.closed) throw domainError('jobClosed', `job ${jobId} is removed`, { jobId, uid });
  const refusal = refusalBecauseOfOthers(command, state);
  if (refusal !== undefined) throw domainError(refusal, REFUSALS[refusal](jobId), { jobId, uid });
  return [admitted(command, state, idempotencyKey === undefined ? {} : { idempotencyKey })];
}

const REFUSALS: Readonly<Record<OverlapRefusal, (jobId: string) => string>> = {
  overlapForbidden: (jobId) => `job ${jobId} has an active run, and another was forbidden`,
  queueFull: (jobId) => `as many runs of job ${jobId} as may wait for others do so already`,
};

function release({ jobId, uid, runId }: ReleaseRun, state: JobRunsState): JobRunsEvent[] {
  return state.active.includes(runId) ? [{ type: 'RunReleased', data: { jobId, uid, runId } }] : [];
}

function close({ jobId, uid, stopRuns, now }: CloseJob, state: JobRunsState): JobRunsEvent[] {
  if (state.closed) return [];
  if (state.active.length > 0 && !stopRuns) {
    throw domainError('activeRuns', `job ${jobId} has active runs`, { jobId, uid, activeRuns: state.active });
  }
  return [{ type: 'JobClosed', data: { jobId, uid, closedAt: now } }];
}
