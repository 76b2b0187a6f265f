import type { Job, JobVersion } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { retrying } from '@carillon/service-runtime';
import type { Backends } from './backends.js';

/**
 * Bars further runs, then removes the job. Meanwhile nothing changes the job, so it is removed at the version that was
 * expected or not at all. Refused with `activeRuns` while there are some, unless they shall be stopped; asking again
 * finishes what was interrupted.
 */
export async function removeJob(
  { registry, framework }: Backends,
  jobId: string,
  { stopRuns, expected }: { stopRuns: boolean; expected?: JobVersion | undefined },
): Promise<Job> {
  const { uid } = await registry.prepareRemoval({ jobId, ...(expected ? { expected } : {}) });
  try {
    await retrying(ONCE_MORE, () => framework.closeJob({ jobId, uid, stopRuns }));
  } catch (error) {
    // Whether it can be told or not: it ends by itself.
    await registry.cancelRemoval({ jobId, uid }).catch(() => undefined);
    throw error;
  }
  return retrying(ONCE_MORE, () => registry.removeJob({ jobId, uid }));
}

/**
 * Both may be asked again, and where only the answer was lost, what was done is known then: else a job would stay that is
 * closed for all runs. Not more often: the removal is prepared for a while only.
 */
const ONCE_MORE = { attempts: 2, retryOn: (error: unknown) => isCarillonError(error, 'unavailable') };
