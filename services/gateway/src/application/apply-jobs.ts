import type { JobSpec, PlannedChange } from '@carillon/contracts';
import { domainError } from '@carillon/event-sourcing';
import type { Backends } from './backends.js';
import { isActive } from './run-states.js';

export interface JobsToApply {
  readonly specs: readonly JobSpec[];
  readonly dryRun: boolean;
  readonly prune: boolean;
  readonly stopRuns: boolean;
  readonly prefix?: string | undefined;
}

const CLOSED_AT_ONCE = 16;

/**
 * Has the registry make the jobs those of a list, all or none. What is removed may have no active runs, unless they shall
 * be stopped; one that starts at the very moment is stopped with its job. A dry run is refused as the real one would be.
 */
export async function applyJobs(
  { registry, framework }: Backends,
  { stopRuns, specs, dryRun, prune, prefix }: JobsToApply,
): Promise<readonly PlannedChange[]> {
  const request = { specs: [...specs], prune, ...(prefix === undefined ? {} : { prefix }) };
  if (!prune) return (await registry.applyJobs({ ...request, dryRun })).changes;
  if (dryRun || !stopRuns) {
    const { changes } = await registry.applyJobs({ ...request, dryRun: true });
    if (!stopRuns) await refuseActive(framework, removedOf(changes));
    if (dryRun) return changes;
  }
  const { changes } = await registry.applyJobs({ ...request, dryRun: false });
  const removed = removedOf(changes);
  for (let from = 0; from < removed.length; from += CLOSED_AT_ONCE) {
    const some = removed.slice(from, from + CLOSED_AT_ONCE);
    await Promise.all(some.map((job) => framework.closeJob({ ...job, stopRuns: true })));
  }
  return changes;
}

const removedOf = (changes: readonly PlannedChange[]) =>
  changes.flatMap(({ action, jobId, before }) =>
    action === 'remove' && before ? [{ jobId, uid: before.uid }] : [],
  );

async function refuseActive(
  framework: Backends['framework'],
  removed: readonly { readonly jobId: string; readonly uid: string }[],
): Promise<void> {
  if (removed.length === 0) return;
  const { runs } = await framework.listRuns({ uids: removed.map(({ uid }) => uid), activeOnly: true });
  const jobs = [...new Set(runs.filter(isActive).map(({ jobId }) => jobId))].sort();
  if (jobs.length === 0) return;
  const shown = jobs.slice(0, 10).join(', ');
  throw domainError('activeRuns', `There are active runs of jobs that would be removed: ${shown}`, { jobs });
}
