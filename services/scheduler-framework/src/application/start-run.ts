import { randomUUID } from 'node:crypto';
import type { Run, StartRunRequest } from '@carillon/contracts';
import { notFound } from '@carillon/event-sourcing';
import { currentTraceContext } from '@carillon/service-runtime';
import { manualRunId } from '@carillon/time';
import { runOfKey } from '../domain/job-runs/job-runs.state.js';
import type { KnownRun } from '../domain/run/run.state.js';
import { runStream } from './run-keys.js';
import { observeRecorded } from './run-metrics.js';
import { toRun } from './run-view.js';
import { type Revisions, revisionKey } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

/** Starts runs by hand, from any instance: they pass the same door as scheduled ones, and the leader launches them. */
export class StartRun {
  readonly #ledger: RunLedger;
  readonly #revisions: Revisions;
  readonly #framework: string;
  readonly #clock: () => number;

  constructor(ledger: RunLedger, revisions: Revisions, options: { framework: string; clock: () => number }) {
    this.#ledger = ledger;
    this.#revisions = revisions;
    this.#framework = options.framework;
    this.#clock = options.clock;
  }

  async start({ jobId, uid, revision, idempotencyKey }: StartRunRequest): Promise<Run> {
    const job = (await this.#revisions.load([{ jobId, uid, revision }])).get(revisionKey({ uid, revision }));
    if (!job)
      throw notFound('jobNotFound', `job ${jobId} has no revision ${revision}`, { jobId, uid, revision });
    const trace = currentTraceContext();
    return this.#ledger.transaction(async (tx) => {
      const now = this.#clock();
      const batch = this.#ledger.batch(tx);
      await batch.loadJobs([uid]);
      const known = idempotencyKey === undefined ? undefined : runOfKey(batch.job(uid), idempotencyKey);
      const runId = known ?? manualRunId({ uid, key: idempotencyKey ?? randomUUID(), createdAt: now });
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const admitted = batch.decideJob({ type: 'AdmitManualRun', jobId, uid, runId, ...key }, trace);
      const ref = { uid, runId };
      if (admitted.length === 0) {
        const loaded = await this.#ledger.store.loadStates(tx, [runStream(ref)]);
        return toRun(loaded.get(runStream(ref))?.state as KnownRun);
      }
      const facts = { jobId, uid, revision, runId, trigger: 'manual' as const, dueAt: now, now };
      const recorded = batch.open(
        { jobId, uid, runId, framework: this.#framework },
        { type: 'QueueRun', ...facts, restart: job.spec.run.restart },
        trace,
      );
      await batch.save();
      await this.#ledger.announce(tx, [ref]);
      tx.afterCommit(() => observeRecorded(recorded));
      return toRun(recorded.run as KnownRun);
    });
  }
}
