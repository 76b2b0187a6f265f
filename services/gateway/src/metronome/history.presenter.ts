import type { Run } from '@carillon/contracts';
import type { JobHistory } from '../application/job-histories.js';
import { timestamp } from './timestamps.js';

const instant = (at: number | undefined) => (at === undefined ? null : timestamp(at));

export const presentSummary = (history: JobHistory) => ({
  successCount: history.successCount,
  failureCount: history.failureCount,
  lastSuccessAt: instant(history.lastSuccessAt),
  lastFailureAt: instant(history.lastFailureAt),
});

export const presentHistory = (history: JobHistory) => ({
  ...presentSummary(history),
  successfulFinishedRuns: history.runs.filter(succeeded).map(presentFinishedRun),
  failedFinishedRuns: history.runs.filter((run) => !succeeded(run)).map(presentFinishedRun),
});

const succeeded = (run: Run) => run.outcome === 'succeeded';

const presentFinishedRun = (run: Run) => ({
  id: run.runId,
  createdAt: timestamp(run.queuedAt),
  finishedAt: instant(run.endedAt),
  tasks: run.attempts.map(({ taskId }) => taskId),
});
