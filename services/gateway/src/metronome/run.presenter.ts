import type { Attempt, Run } from '@carillon/contracts';
import { isWaiting } from '../application/run-states.js';
import { timestamp } from './timestamps.js';

type JobRunStatus = 'INITIAL' | 'ACTIVE' | 'SUCCESS' | 'FAILED';

/**
 * What Metronome calls a job run. A run is INITIAL until its first attempt is handed to Mesos; from then on ACTIVE,
 * also between two attempts. STARTING, which Metronome shows only for runs it reloads after a restart, does not occur.
 */
export const presentRun = (run: Run) => ({
  id: run.runId,
  jobId: run.jobId,
  status: statusOf(run),
  createdAt: timestamp(run.queuedAt),
  completedAt: run.endedAt === undefined ? null : timestamp(run.endedAt),
  tasks: run.attempts.map(presentTask),
});

function statusOf(run: Run): JobRunStatus {
  if (run.status === 'ended') return run.outcome === 'succeeded' ? 'SUCCESS' : 'FAILED';
  if (run.stopRequested) return 'FAILED';
  return isWaiting(run) ? 'INITIAL' : 'ACTIVE';
}

function presentTask(attempt: Attempt) {
  const status = taskStatus(attempt);
  return {
    id: attempt.taskId,
    startedAt: timestamp(attempt.startedAt ?? attempt.launchedAt),
    ...(status === 'TASK_FINISHED' && attempt.endedAt !== undefined
      ? { completedAt: timestamp(attempt.endedAt) }
      : {}),
    status,
  };
}

/** Metronome's few task states for Mesos' many (its scheduler/TaskState). An attempt that may come back still runs. */
function taskStatus({ state, endedAt }: Attempt): string {
  switch (state) {
    case 'TASK_STAGING':
    case 'TASK_STARTING':
    case 'TASK_RUNNING':
    case 'TASK_FINISHED':
    case 'TASK_KILLED':
      return state;
    case 'TASK_KILLING':
      return 'TASK_RUNNING';
    default:
      return endedAt === undefined && state === 'TASK_UNREACHABLE' ? 'TASK_RUNNING' : 'TASK_FAILED';
  }
}
