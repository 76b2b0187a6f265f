import type { Run } from '@carillon/contracts';
import { isCarillonError, notFound } from '@carillon/event-sourcing';
import type { Backends } from './backends.js';
import { isActive } from './run-states.js';

/** Starts a run by hand; the same key gives the same run. */
export async function startRun(
  { registry, framework }: Backends,
  jobId: string,
  idempotencyKey: string | undefined,
): Promise<Run> {
  const { uid, revision } = await registry.getJob({ jobId });
  return framework.startRun({
    jobId,
    uid,
    revision,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
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
export async function stopRun({ registry, framework }: Backends, jobId: string, runId: string): Promise<Run> {
  const { uid } = await registry.getJob({ jobId });
  const run = await framework.stopRun({ jobId, uid, runId });
  if (run.status === 'ended' && !run.stopRequested && run.outcome !== 'killed')
    throw unknownRun(jobId, runId);
  return run;
}

/** Active or ended, wherever it is known: the scheduler-framework first, so that it is never in neither. */
export async function anyRun(
  { registry, framework, history }: Backends,
  jobId: string,
  runId: string,
): Promise<Run> {
  const { uid } = await registry.getJob({ jobId });
  const request = { jobId, uid, runId };
  return framework.getRun(request).catch((error: unknown) => {
    if (isCarillonError(error, 'notFound')) return history.getEndedRun(request);
    throw error;
  });
}

const unknownRun = (jobId: string, runId: string) =>
  notFound('runNotFound', 'Job Run not found', { jobId, runId });
