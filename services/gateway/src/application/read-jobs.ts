import type { Job, ListJobsRequest, Run } from '@carillon/contracts';
import type { Backends } from './backends.js';
import { type JobHistory, jobHistories } from './job-histories.js';
import { isActive } from './run-states.js';

/** What is wanted beside the jobs themselves. */
export interface Wanted {
  readonly activeRuns: boolean;
  readonly summary: boolean;
  /** The newest so many successes and failures of each job. */
  readonly recentRuns: number | undefined;
}

export interface JobView {
  readonly job: Job;
  readonly activeRuns: readonly Run[];
  readonly history: JobHistory | undefined;
}

/** Jobs per question to the backends; fewer when each brings its recent runs along. */
const PAGE = 500;
const PAGE_WITH_RUNS = 25;

/** All jobs, by id. Asks each backend a constant number of times per page of jobs, never per job. */
export async function* readJobs(backends: Backends, wanted: Wanted): AsyncGenerator<JobView[]> {
  const limit = wanted.recentRuns === undefined ? PAGE : PAGE_WITH_RUNS;
  let after: string | undefined;
  do {
    const { jobs } = await backends.registry.listJobs({ limit, ...(after === undefined ? {} : { after }) });
    if (jobs.length > 0) yield await viewJobs(backends, jobs, wanted);
    after = jobs.length < limit ? undefined : jobs.at(-1)?.spec.id;
  } while (after !== undefined);
}

/** One page of jobs, by id, those that meet the filter. */
export async function readJobPage(
  backends: Backends,
  request: ListJobsRequest,
  wanted: Wanted,
): Promise<JobView[]> {
  const { jobs } = await backends.registry.listJobs(request);
  return viewJobs(backends, jobs, wanted);
}

export async function readJob(backends: Backends, jobId: string, wanted: Wanted): Promise<JobView> {
  return viewJob(backends, await backends.registry.getJob({ jobId }), wanted);
}

export async function viewJob(backends: Backends, job: Job, wanted: Wanted): Promise<JobView> {
  const [view] = await viewJobs(backends, [job], wanted);
  return view ?? { job, activeRuns: [], history: undefined };
}

async function viewJobs(backends: Backends, jobs: readonly Job[], wanted: Wanted): Promise<JobView[]> {
  // No uids would ask for the runs of all jobs.
  if (jobs.length === 0) return [];
  const uids = jobs.map(({ uid }) => uid);
  const withHistory = wanted.summary || wanted.recentRuns !== undefined;
  const { runs } =
    wanted.activeRuns || withHistory
      ? await backends.framework.listRuns({ uids, activeOnly: !withHistory })
      : { runs: [] };
  const ended = runs.filter(({ status }) => status === 'ended');
  const histories = withHistory
    ? await jobHistories(backends.history, uids, ended, { limit: wanted.recentRuns })
    : undefined;
  const activeOf = Map.groupBy(runs.filter(isActive), ({ uid }) => uid);
  return jobs.map((job) => ({
    job,
    activeRuns: activeOf.get(job.uid) ?? [],
    history: histories?.get(job.uid),
  }));
}
