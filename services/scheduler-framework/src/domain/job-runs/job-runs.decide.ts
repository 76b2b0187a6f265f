import { assertNever, type Decider, domainError } from '@carillon/event-sourcing';
import type {
  AdmitDueRun,
  AdmitManualRun,
  CloseJob,
  JobRunsCommand,
  KeepVolumes,
  LimitVolumes,
  ReleaseRun,
} from './job-runs.commands.js';
import type { KeptVolume } from '../volumes/persistent-volume.js';
import { without } from '../without.js';
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
      case 'KeepVolumes':
        return keep(command, state);
      case 'LimitVolumes':
        return limit(command, state);
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
        return { ...without(state, 'volumes', 'volumesLimit'), closed: true };
      case 'VolumesKept': {
        const { revision } = data;
        const isOther = ({ containerPath }: KeptVolume) =>
          !data.volumes.some((volume) => volume.containerPath === containerPath);
        const kept = data.volumes.map((volume) => ({ ...volume, revision }));
        return { ...state, volumes: [...(state.volumes ?? []).filter(isOther), ...kept] };
      }
      case 'VolumesLimited': {
        const { revision, containerPaths } = data;
        return {
          ...state,
          volumesLimit: { revision, containerPaths },
          volumes: (state.volumes ?? []).filter((volume) => isWithin(volume, volume.revision, data)),
        };
      }
      default:
        return state;
    }
  },
};

const isWithin = (
  { containerPath }: KeptVolume,
  revision: number,
  limit: Pick<LimitVolumes, 'revision' | 'containerPaths'>,
) => revision > limit.revision || limit.containerPaths.includes(containerPath);

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
  const refusal = refusalBecauseOfOthers(command, state);
  // A backfill limits itself, and each of its runs that is skipped makes the next one due.
  return refusal === 'queueFull' && command.trigger === 'backfill' ? undefined : refusal;
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

/** Not of a job that is removed, nor what a later revision than the run's does not have: that is to be destroyed. */
function keep({ jobId, uid, revision, volumes }: KeepVolumes, state: JobRunsState): JobRunsEvent[] {
  if (state.closed) return [];
  const { volumesLimit } = state;
  const known = new Set((state.volumes ?? []).map(({ persistenceId }) => persistenceId));
  const kept = volumes.filter(
    (volume) =>
      !known.has(volume.persistenceId) &&
      (volumesLimit === undefined || isWithin(volume, revision, volumesLimit)),
  );
  return kept.length > 0 ? [{ type: 'VolumesKept', data: { jobId, uid, revision, volumes: kept } }] : [];
}

/** Said only where there is something to be limited: volumes, or runs that may leave some. */
function limit({ jobId, uid, revision, containerPaths }: LimitVolumes, state: JobRunsState): JobRunsEvent[] {
  const { closed, active, volumes = [], volumesLimit } = state;
  if (closed || (active.length === 0 && volumes.length === 0)) return [];
  if (volumesLimit !== undefined && volumesLimit.revision >= revision) return [];
  return [{ type: 'VolumesLimited', data: { jobId, uid, revision, containerPaths } }];
}
