import type { CloseJobRequest, CloseJobResponse } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';
import { currentTraceContext } from '@carillon/service-runtime';
import type { RunLedger } from './run-ledger.js';
import { observeRecorded } from './run-metrics.js';

export interface JobToClose {
  readonly jobId: string;
  readonly uid: string;
  readonly stopRuns: boolean;
  readonly now: number;
}

/** Bars further runs of the uid, and stops the active ones or refuses because of them, in one decision. */
export class CloseJobDoor {
  readonly #ledger: RunLedger;
  readonly #clock: () => number;

  constructor(ledger: RunLedger, clock: () => number) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  async close({ jobId, uid, stopRuns }: CloseJobRequest): Promise<CloseJobResponse> {
    const stoppedRuns = await this.#ledger.transaction((tx) =>
      closeIn(tx, this.#ledger, { jobId, uid, stopRuns, now: this.#clock() }),
    );
    return { stoppedRuns };
  }
}

/** How many runs were asked to stop. Throws concurrencyConflict when one of them changed meanwhile. */
export async function closeIn(tx: Transaction, ledger: RunLedger, job: JobToClose): Promise<number> {
  const trace = currentTraceContext();
  const batch = ledger.batch(tx);
  await batch.loadJobs([job.uid]);
  const { volumes = [] } = batch.job(job.uid);
  batch.decideJob({ type: 'CloseJob', ...job }, trace);
  const active = batch.job(job.uid).active.map((runId) => ({ uid: job.uid, runId }));
  await batch.loadRuns(active);
  const stopped = active
    .map((ref) => batch.decideRun(ref, { type: 'RequestStop', now: job.now }, trace))
    .filter(({ events }) => events.length > 0);
  await batch.save();
  tx.afterCommit(() => stopped.forEach(observeRecorded));
  await ledger.announce(
    tx,
    stopped.map(({ ref }) => ref),
  );
  await ledger.announceVolumes(tx, volumes.length > 0 ? [job.uid] : []);
  return stopped.length;
}
