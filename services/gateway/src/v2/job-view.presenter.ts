import type { JobView, Wanted } from '../application/read-jobs.js';
import { isoInstantOrNull } from '../iso-instant.js';
import { presentJob } from './job.presenter.js';
import { presentRunDetail } from './run.presenter.js';

/** What is read besides the job for `embed`. */
export const wantedOf = (embed = ''): Wanted => ({
  activeRuns: embed.includes('activeRuns'),
  summary: embed.includes('summary'),
  recentRuns: undefined,
});

/** A job with what was asked for beside it. */
export function presentJobView({ job, activeRuns, history }: JobView, embed = '', now: number) {
  return {
    ...presentJob(job, now),
    ...(embed.includes('activeRuns') ? { activeRuns: activeRuns.map(presentRunDetail) } : {}),
    ...(embed.includes('summary') && history
      ? {
          summary: {
            successCount: history.successCount,
            failureCount: history.failureCount,
            lastSuccessAt: isoInstantOrNull(history.lastSuccessAt),
            lastFailureAt: isoInstantOrNull(history.lastFailureAt),
          },
        }
      : {}),
  };
}
