import { decodeEvent, type Job, type RunDue } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';
import { metrics, type TraceContext } from '@carillon/service-runtime';
import type { AdmitDueRun } from '../domain/job-runs/job-runs.commands.js';
import { without } from '../domain/without.js';
import { type Fence, isLeadershipLost } from './leadership.js';
import { type Revisions, revisionKey } from './revisions.js';
import type { Recorded } from './run-batch.js';
import type { RunLedger } from './run-ledger.js';
import { observeRecorded } from './run-metrics.js';

interface Due {
  readonly run: RunDue;
  readonly trace: TraceContext;
}

export interface AdmitDueRunsOptions {
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly framework: string;
  readonly fence: Fence;
  readonly clock: () => number;
  /** After the commit: what was let in. */
  readonly onAdmitted: (admitted: readonly Recorded[]) => void;
  readonly onLost: () => void;
}

/** Handles a batch from carillon.triggers: every due run of it is queued or skipped, in the consumer's transaction. */
export class AdmitDueRuns {
  readonly #options: AdmitDueRunsOptions;

  constructor(options: AdmitDueRunsOptions) {
    this.#options = options;
  }

  async handle(tx: Transaction, messages: readonly Parameters<typeof decodeEvent>[0][]): Promise<void> {
    const { ledger, revisions, framework, fence, clock, onAdmitted, onLost } = this.#options;
    const dues = messages.flatMap((message): Due[] => {
      const event = decodeEvent(message);
      return event?.type === 'RunDue' ? [{ run: event.data, trace: event.trace }] : [];
    });
    if (dues.length === 0) return;
    const jobs = await revisions.load(dues.map(({ run }) => run));
    await fence.hold(tx).catch((error: unknown) => {
      if (isLeadershipLost(error)) onLost();
      throw error;
    });
    const batch = ledger.batch(tx);
    await batch.loadJobs([...new Set(dues.map(({ run }) => run.uid))]);
    const now = clock();
    const admitted: Recorded[] = [];
    let overlapping = 0;
    let skipped = 0;
    for (const { run, trace } of dues) {
      const job = jobs.get(revisionKey(run));
      const command = admission(run, job, now);
      for (const { type, data } of batch.decideJob(command, trace)) {
        if (type === 'RunSkipped') {
          skipped += 1;
          if (data.reason === 'overlapForbidden') overlapping += 1;
        }
        if (type !== 'RunAdmitted' || job === undefined) continue;
        const facts = without(command, 'type', 'concurrencyPolicy', 'revisionGone');
        const row = { jobId: run.jobId, uid: run.uid, runId: run.runId, framework };
        admitted.push(batch.open(row, { type: 'QueueRun', ...facts, restart: job.spec.run.restart }, trace));
      }
    }
    await batch.save();
    tx.afterCommit(() => {
      if (skipped > 0) metrics.fires.add(skipped, { outcome: 'skipped' });
      if (overlapping > 0) metrics.overlapSkipped.add(overlapping);
      admitted.forEach(observeRecorded);
      onAdmitted(admitted);
    });
  }
}

function admission(run: RunDue, job: Job | undefined, now: number): AdmitDueRun {
  const { jobId, uid, revision, runId, scheduleId, dueAt } = run;
  const schedule = job?.spec.schedules.find(({ id }) => id === scheduleId);
  return {
    type: 'AdmitDueRun',
    jobId,
    uid,
    revision,
    runId,
    trigger: 'schedule',
    scheduleId,
    dueAt,
    concurrencyPolicy: schedule?.concurrencyPolicy ?? 'ALLOW',
    ...(schedule ? { startDeadlineAt: dueAt + schedule.startingDeadlineSeconds * 1_000 } : {}),
    ...(job ? {} : { revisionGone: true }),
    now,
  };
}
