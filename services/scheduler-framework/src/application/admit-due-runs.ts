import { decodeEvent, type Job, type RunDue, type Schedule } from '@carillon/contracts';
import { together, type Transaction } from '@carillon/event-store';
import { metrics, type TraceContext } from '@carillon/service-runtime';
import type { AdmitDueRun } from '../domain/job-runs/job-runs.commands.js';
import { without } from '../domain/without.js';
import { type Fence, isLeadershipLost } from './leadership.js';
import { type Revisions, revisionKey } from './revisions.js';
import type { Recorded } from './run-batch.js';
import { isContention, type RunLedger } from './run-ledger.js';
import { observeRecorded } from './run-metrics.js';
import { overlapOf, policyOf, replacedBy } from './run-policy.js';

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
  /** Before anything is decided: there will be something to launch. */
  readonly onDue: () => void;
  /** After the commit: what was let in, and what was stopped for it. */
  readonly onAdmitted: (admitted: readonly Recorded[]) => void;
  readonly onLost: () => void;
}

/** Handles a batch from carillon.triggers: every due run of it is queued or skipped, in the consumer's transaction. */
export class AdmitDueRuns {
  readonly #options: AdmitDueRunsOptions;
  /** A run to be queued may be there: it came again when its job's door had forgotten it. Rare, so not asked each time. */
  #mayBeThere = false;

  constructor(options: AdmitDueRunsOptions) {
    this.#options = options;
  }

  async handle(tx: Transaction, messages: readonly Parameters<typeof decodeEvent>[0][]): Promise<void> {
    try {
      await this.#admit(tx, messages);
      this.#mayBeThere = false;
    } catch (error) {
      this.#mayBeThere = isContention(error);
      throw error;
    }
  }

  async #admit(tx: Transaction, messages: readonly Parameters<typeof decodeEvent>[0][]): Promise<void> {
    const { ledger, revisions, framework, fence, clock, onDue, onAdmitted, onLost } = this.#options;
    const dues = messages.flatMap((message): Due[] => {
      const event = decodeEvent(message);
      return event?.type === 'RunDue' ? [{ run: event.data, trace: event.trace }] : [];
    });
    if (dues.length === 0) return;
    onDue();
    const jobs = await revisions.load(dues.map(({ run }) => run));
    const batch = ledger.batch(tx);
    const uids = new Set(dues.map(({ run }) => run.uid));
    const there = this.#mayBeThere ? batch.loadRuns(dues.map(({ run }) => run)) : Promise.resolve();
    await together(fence.hold(tx), batch.loadJobs([...uids]), there).catch((error: unknown) => {
      if (isLeadershipLost(error)) onLost();
      throw error;
    });
    const now = clock();
    const admitted: Recorded[] = [];
    const stopped: Recorded[] = [];
    let overlapping = 0;
    let skipped = 0;
    for (const { run, trace } of dues) {
      if (this.#mayBeThere && batch.isKnown(run)) continue;
      const job = jobs.get(revisionKey(run));
      const command = admission(run, job, now);
      for (const { type, data } of batch.decideJob(command, trace)) {
        if (type === 'RunSkipped') {
          skipped += 1;
          if (data.reason === 'overlapForbidden') overlapping += 1;
        }
        if (type !== 'RunAdmitted' || job === undefined) continue;
        const { concurrencyPolicy } = command;
        const { startDeadlineAt, ...facts } = without(command, 'type', ...ADMISSION_ONLY);
        // Who is told to wait for others does so for as long as they take.
        const deadline =
          concurrencyPolicy === 'QUEUE' || startDeadlineAt === undefined ? {} : { startDeadlineAt };
        const { jobId, uid, runId } = run;
        const policy = { ...policyOf(job.spec.run), ...overlapOf(concurrencyPolicy), ...deadline };
        const row = { jobId, uid, runId, framework };
        admitted.push(batch.open(row, { type: 'QueueRun', ...facts, ...policy }, trace));
        const replaced = (data.replaces ?? []).map((active) => ({ uid, runId: active }));
        if (replaced.length > 0) await batch.loadRuns(replaced);
        for (const ref of replaced) {
          const stop = { type: 'RequestStop', reason: replacedBy(runId), now } as const;
          stopped.push(batch.decideRun(ref, stop, trace));
        }
      }
    }
    await batch.save();
    tx.afterCommit(() => {
      if (skipped > 0) metrics.fires.add(skipped, { outcome: 'skipped' });
      if (overlapping > 0) metrics.overlapSkipped.add(overlapping);
      const recorded = [...admitted, ...stopped];
      recorded.forEach(observeRecorded);
      onAdmitted(recorded);
    });
  }
}

const ADMISSION_ONLY = ['concurrencyPolicy', 'queueLimit', 'revisionGone'] as const;

function admission(run: RunDue, job: Job | undefined, now: number): AdmitDueRun {
  const { jobId, uid, revision, runId, trigger, scheduleId, dueAt, startAt, workflowRunId, backfillId } = run;
  const schedule = job?.spec.schedules.find(({ id }) => id === scheduleId);
  const deadline = schedule && trigger === 'schedule' ? startDeadline(run, schedule) : undefined;
  return {
    type: 'AdmitDueRun',
    ...{ jobId, uid, revision, runId, trigger, dueAt, now },
    concurrencyPolicy: run.concurrencyPolicy ?? schedule?.concurrencyPolicy ?? 'ALLOW',
    ...(schedule?.queueLimit === undefined ? {} : { queueLimit: schedule.queueLimit }),
    ...(scheduleId === '' ? {} : { scheduleId }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(workflowRunId === undefined ? {} : { workflowRunId }),
    ...(backfillId === undefined ? {} : { backfillId }),
    ...(deadline === undefined ? {} : { startDeadlineAt: deadline }),
    ...(job ? {} : { revisionGone: true }),
  };
}

/** A run that starts late on purpose, after downtime or spread by jitter, has its time from when that was decided. */
function startDeadline({ dueAt, decidedAt }: RunDue, schedule: Schedule): number {
  const { catchUp, jitterSeconds = 0, startingDeadlineSeconds } = schedule;
  const late = jitterSeconds > 0 || (catchUp !== undefined && catchUp.policy !== 'NONE');
  return (late ? Math.max(dueAt, decidedAt) : dueAt) + startingDeadlineSeconds * 1_000;
}
