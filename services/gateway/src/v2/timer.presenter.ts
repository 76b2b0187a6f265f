import type { Backfill, WorkflowRun } from '@carillon/contracts';
import type { ExplainedInstant } from '../application/explain.js';
import { isoInstant, isoInstantOrNull } from '../iso-instant.js';

export const presentBackfill = ({
  uid,
  from,
  until,
  startedAt,
  endedAt,
  cancelledAt,
  ...rest
}: Backfill) => ({
  ...rest,
  jobUid: uid,
  from: isoInstant(from),
  until: isoInstant(until),
  startedAt: isoInstant(startedAt),
  endedAt: isoInstantOrNull(endedAt),
  cancelledAt: isoInstantOrNull(cancelledAt),
});

export const presentWorkflowRun = (of: WorkflowRun) => ({
  workflowRunId: of.workflowRunId,
  jobId: of.jobId,
  jobUid: of.uid,
  startedAt: isoInstant(of.startedAt),
  endedAt: isoInstantOrNull(of.endedAt),
  outcome: of.outcome ?? null,
  jobs: of.jobs.map((job) => ({
    jobId: job.jobId,
    jobUid: job.uid,
    revision: job.revision,
    parents: job.parents,
    step: job.step,
    runId: job.runId ?? null,
    dueAt: isoInstantOrNull(job.dueAt),
    outcome: job.outcome ?? null,
    endedAt: isoInstantOrNull(job.endedAt),
    reason: job.reason ?? null,
  })),
});

export const presentInstant = ({ due, run }: ExplainedInstant) => ({
  scheduleId: due.scheduleId === '' ? null : due.scheduleId,
  revision: due.revision,
  dueAt: isoInstant(due.dueAt),
  trigger: due.trigger,
  verdict: due.verdict,
  reason: due.reason ?? null,
  runId: due.runId ?? null,
  decidedAt: isoInstantOrNull(due.decidedAt),
  eventIds: due.eventIds,
  workflowRunId: due.workflowRunId ?? null,
  backfillId: due.backfillId ?? null,
  run: run && { status: run.status, outcome: run.outcome ?? null, reason: run.reason ?? null },
});
