import type { Job } from '@carillon/contracts';
import type { Backends } from './backends.js';

/**
 * Bars further runs first, then removes the job; asking again finishes what was interrupted between the two. Refused with
 * `activeRuns` while there are some, unless they shall be stopped.
 */
export async function removeJob(
  { registry, framework }: Backends,
  jobId: string,
  options: { stopRuns: boolean },
): Promise<Job> {
  const { uid } = await registry.getJob({ jobId });
  await framework.closeJob({ jobId, uid, stopRuns: options.stopRuns });
  return registry.removeJob({ jobId, uid });
}
