import type { JobVersion } from '@carillon/contracts';
import { domainError, notFound } from '@carillon/event-sourcing';
import type { DefinedJob, JobState } from './job.state.js';

export const unknownJob = (jobId: string) => notFound('jobNotFound', 'Job not found', { jobId });

export const revisionChanged = ({ uid, revision }: DefinedJob) =>
  domainError('revisionChanged', `The job has changed: it is at revision ${revision} now`, { uid, revision });

export function defined(state: JobState, jobId: string): DefinedJob {
  if (state.status !== 'defined') throw unknownJob(jobId);
  return state;
}

/** The job, unless it is at another version than `expected` by now, or somebody is removing it. */
export function changeable(job: DefinedJob, expected: JobVersion | undefined, now: number): DefinedJob {
  const { uid, revision, removal } = job;
  if (expected && (expected.uid !== uid || expected.revision !== revision)) throw revisionChanged(job);
  if (removal && now < removal.until) {
    throw domainError('jobBeingRemoved', 'The job is being removed', { jobId: job.spec.id });
  }
  return job;
}
