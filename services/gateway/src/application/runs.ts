import { isDeepStrictEqual } from 'node:util';
import type { ConcurrencyPolicy, Job, Run, RunOverrides } from '@carillon/contracts';
import { isCarillonError, notFound } from '@carillon/event-sourcing';
import type { Backends } from './backends.js';
import { keyUsed } from './key-used.js';
import { isActive } from './run-states.js';

export interface RunStart {
  readonly idempotencyKey?: string | undefined;
  readonly runId?: string | undefined;
  readonly concurrencyPolicy?: ConcurrencyPolicy | undefined;
  /** What the run has instead of its job's, as that definition of the job allows it. */
  readonly overrides?: (job: Job) => RunOverrides | undefined;
}

/**
 * Starts a run by hand; the same key gives the same run, and is refused for another one. Of what was asked the run tells
 * its overrides: those are compared.
 */
export async function startRun(
  backends: Backends,
  jobId: string,
  { idempotencyKey, runId, concurrencyPolicy, overrides: overridesOf }: RunStart,
): Promise<Run> {
  const present = await backends.registry.getJob({ jobId });
  const job = idempotencyKey === undefined ? present : await jobOfKey(backends, present, idempotencyKey);
  const { uid, revision } = job;
  const overrides = overridesOf?.(job);
  const run = await backends.framework.startRun({
    jobId,
    uid,
    revision,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(runId === undefined ? {} : { runId }),
    ...(concurrencyPolicy === undefined ? {} : { concurrencyPolicy }),
    ...(overrides === undefined ? {} : { overrides }),
  });
  if (idempotencyKey !== undefined && !isDeepStrictEqual(overrides, run.overrides)) {
    throw keyUsed('run', run.runId);
  }
  return run;
}

/** By what a request with that key is judged: one that comes again by what the first was judged by, for the job may have changed. */
async function jobOfKey(
  { registry, framework }: Backends,
  present: Job,
  idempotencyKey: string,
): Promise<Job> {
  const { uid } = present;
  const { id: jobId } = present.spec;
  try {
    const { revision } = await framework.getRunOfKey({ jobId, uid, idempotencyKey });
    return revision === present.revision ? present : await registry.getRevision({ jobId, uid, revision });
  } catch (error) {
    if (isCarillonError(error, 'notFound')) return present;
    throw error;
  }
}

export async function activeRuns({ registry, framework }: Backends, jobId: string): Promise<Run[]> {
  const { uid } = await registry.getJob({ jobId });
  const { runs } = await framework.listRuns({ uids: [uid], activeOnly: true });
  return runs.filter(isActive);
}

/** An unknown job has no runs, so both are `runNotFound`, and so is a run that has ended. */
export async function activeRun(
  { registry, framework }: Backends,
  jobId: string,
  runId: string,
): Promise<Run> {
  const job = await registry.getJob({ jobId }).catch((error: unknown) => {
    throw isCarillonError(error, 'notFound') ? unknownRun(jobId, runId) : error;
  });
  const run = await framework.getRun({ jobId, uid: job.uid, runId });
  if (!isActive(run)) throw unknownRun(jobId, runId);
  return run;
}

/** Stopping what was stopped already answers the same; what ended by itself is not found any more. */
export async function stopRun(
  { registry, framework }: Backends,
  jobId: string,
  runId: string,
  graceSeconds?: number,
): Promise<Run> {
  const { uid } = await registry.getJob({ jobId });
  const run = await framework.stopRun({
    jobId,
    uid,
    runId,
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
  });
  if (run.status === 'ended' && !run.stopRequested && run.outcome !== 'killed')
    throw unknownRun(jobId, runId);
  return run;
}

/**
 * Active or ended, wherever it is known: the scheduler-framework first, so that it is never in neither. With a uid also of
 * a job that was removed.
 */
export async function anyRun(
  { registry, framework, history }: Backends,
  jobId: string,
  runId: string,
  ofUid?: string,
): Promise<Run> {
  const uid = ofUid ?? (await registry.getJob({ jobId })).uid;
  const request = { jobId, uid, runId };
  const isUnknown = (error: unknown) => isCarillonError(error, 'notFound');
  const run = await framework.getRun(request).catch((error: unknown) => {
    if (!isUnknown(error)) throw error;
    return history.getEndedRun(request).catch((neither: unknown) => {
      throw isUnknown(neither) ? unknownRun(jobId, runId) : neither;
    });
  });
  if (run.jobId !== jobId) throw unknownRun(jobId, runId); // the uid is another job's
  return run;
}

export const unknownRun = (jobId: string, runId: string) =>
  notFound('runNotFound', `Job ${jobId} has no run ${runId}`, { jobId, runId });
