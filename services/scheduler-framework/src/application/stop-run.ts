import type { Run, StopRunRequest } from '@carillon/contracts';
import { notFound } from '@carillon/event-sourcing';
import { currentTraceContext } from '@carillon/service-runtime';
import type { RunLedger } from './run-ledger.js';
import { observeRecorded } from './run-metrics.js';
import { toStoppedRun } from './run-view.js';

/** Records the wish of a stop, from any instance; a queued run ends by that, the leader kills the task of another. */
export class StopRun {
  readonly #ledger: RunLedger;
  readonly #clock: () => number;

  constructor(ledger: RunLedger, clock: () => number) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  async stop({ uid, runId, graceSeconds }: StopRunRequest): Promise<Run> {
    const ref = { uid, runId };
    const trace = currentTraceContext();
    return this.#ledger.transaction(async (tx) => {
      const batch = this.#ledger.batch(tx);
      await batch.loadRuns([ref]);
      const grace = graceSeconds === undefined ? {} : { graceSeconds };
      const recorded = batch.decideRun(ref, { type: 'RequestStop', now: this.#clock(), ...grace }, trace);
      const { run, events } = recorded;
      if (run.status === 'none') throw runNotFound(runId);
      await batch.save();
      if (events.length > 0) await this.#ledger.announce(tx, [ref]);
      tx.afterCommit(() => observeRecorded(recorded));
      return toStoppedRun(run);
    });
  }
}

export const runNotFound = (runId: string) => notFound('runNotFound', `there is no run ${runId}`, { runId });
