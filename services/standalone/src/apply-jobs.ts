import type { JobRegistryApi, JobSpec } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { readJobSpec } from '@carillon/gateway';
import type { JobDocument } from './job-files.js';

export interface AppliedJobs {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Creates the jobs of the files, or replaces those that are there already; one that is the same stays as it is. All
 * documents are read before the first is applied. Throws the first refusal, naming the file.
 */
export async function applyJobs(
  registry: JobRegistryApi,
  documents: readonly JobDocument[],
): Promise<AppliedJobs> {
  const jobs = documents.map(({ source, body }) => ({
    source,
    spec: inFile(source, () => readJobSpec(body)),
  }));
  const applied = { created: 0, changed: 0, unchanged: 0 };
  for (const { source, spec } of jobs) {
    try {
      applied[await applyJob(registry, spec)] += 1;
    } catch (error) {
      throw named(source, error);
    }
  }
  return applied;
}

async function applyJob(registry: JobRegistryApi, spec: JobSpec): Promise<keyof AppliedJobs> {
  try {
    const before = await registry.getJob({ jobId: spec.id });
    const after = await registry.updateJob({ jobId: spec.id, spec, keepSchedules: false });
    return after.revision === before.revision ? 'unchanged' : 'changed';
  } catch (error) {
    if (!isCarillonError(error, 'notFound')) throw error;
    await registry.createJob({ spec });
    return 'created';
  }
}

function inFile<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(source, error);
  }
}

/** The same refusal, with the file in front of its message. */
function named(source: string, error: unknown): unknown {
  if (!isCarillonError(error)) return error;
  const details = Object.keys(error.details).length > 0 ? ` ${JSON.stringify(error.details)}` : '';
  return Object.assign(error, { message: `${source}: ${error.message}${details}` });
}
