import type { JobRegistryApi, JobSpec } from '@carillon/contracts';
import { invalid, isCarillonError } from '@carillon/event-sourcing';
import { readJobSpec } from '@carillon/gateway';
import { validJob } from '@carillon/job-registry';
import type { JobDocument } from './job-files.js';

export interface AppliedJobs {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** A job of a file that keeps every rule, with where it stands for messages. */
export interface JobOfFile {
  readonly source: string;
  readonly spec: JobSpec;
}

/**
 * The jobs of the documents. Throws the first refusal, naming the file, the path in it and the rule, also when two
 * documents have the same id.
 */
export function jobsOf(documents: readonly JobDocument[]): JobOfFile[] {
  const jobs = documents.map(({ source, body }) => {
    try {
      return { source, spec: validJob(readJobSpec(body)) };
    } catch (error) {
      throw inFile(source, error);
    }
  });
  const sources = new Map<string, string>();
  for (const { source, spec } of jobs) {
    const other = sources.get(spec.id);
    if (other !== undefined)
      throw invalid('jobTwice', `${source}: the job ${spec.id} is in ${other} already`);
    sources.set(spec.id, source);
  }
  return jobs;
}

/** Creates the jobs, or replaces those that are there already; one that is the same stays as it is. */
export async function applyJobs(registry: JobRegistryApi, jobs: readonly JobOfFile[]): Promise<AppliedJobs> {
  const applied = { created: 0, changed: 0, unchanged: 0 };
  for (const { source, spec } of jobs) {
    try {
      applied[await applyJob(registry, spec)] += 1;
    } catch (error) {
      throw inFile(source, error);
    }
  }
  return applied;
}

async function applyJob(registry: JobRegistryApi, spec: JobSpec): Promise<keyof AppliedJobs> {
  try {
    const before = await registry.getJob({ jobId: spec.id });
    const after = await registry.updateJob({
      jobId: spec.id,
      spec,
      keepSchedules: false,
      keepVolumes: false,
    });
    return after.revision === before.revision ? 'unchanged' : 'changed';
  } catch (error) {
    if (!isCarillonError(error, 'notFound')) throw error;
    await registry.createJob({ spec });
    return 'created';
  }
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The same refusal in words for who wrote the file; anything else as it is. */
function inFile(source: string, error: unknown): unknown {
  if (!isCarillonError(error)) return error;
  const problems = (error.details['problems'] ?? []) as readonly Problem[];
  const words = problems.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return Object.assign(error, { message: `${source}: ${words.join('; ') || error.message}` });
}
