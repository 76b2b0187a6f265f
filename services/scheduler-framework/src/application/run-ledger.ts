import { isCarillonError, unavailable } from '@carillon/event-sourcing';
import { type EventStore, together, type Transaction } from '@carillon/event-store';
import { retrying, type TraceContext } from '@carillon/service-runtime';
import type { RunCommand } from '../domain/run/run.commands.js';
import type { RunState } from '../domain/run/run.state.js';
import type { Fence } from './leadership.js';
import { type Recorded, RunBatch, type Versioned } from './run-batch.js';
import type { RunIndex } from './run-index.js';
import { type RunRef, runKey, volumesKey } from './run-keys.js';

export interface RunOrder {
  readonly ref: RunRef;
  readonly command: RunCommand;
  readonly trace: TraceContext;
  /** The run as it was seen last; loaded when that is out of date. */
  readonly known?: Versioned<RunState>;
}

/** Told to the leader when an instance changes a run, or takes volumes from a job: its key. */
export const RUNS_CHANGED = 'scheduler_framework_runs';

/** A job that many start at once is decided on by one after the other: some lose many times in a row. */
const ATTEMPTS = 40;

/** Writes decisions about runs: one transaction for as many as there are. */
export class RunLedger {
  readonly store: EventStore;
  readonly index: RunIndex;

  constructor(store: EventStore, index: RunIndex) {
    this.store = store;
    this.index = index;
  }

  batch(tx: Transaction): RunBatch {
    return new RunBatch(tx, this.store, this.index);
  }

  /** Decides and writes all of them, as leader when a fence is given; results in the order given. */
  record(orders: readonly RunOrder[], fence?: Fence): Promise<Recorded[]> {
    return this.transaction(async (tx, attempt) => {
      const batch = this.batch(tx);
      const staged = orders.map(({ ref, known }) =>
        attempt === 1 && known ? batch.know(ref, known) : undefined,
      );
      const unknown = orders.filter((_, index) => staged[index] === undefined).map(({ ref }) => ref);
      await together(fence?.hold(tx) ?? Promise.resolve(), batch.loadRuns(unknown));
      const recorded = orders.map(({ ref, command, trace }, index) =>
        batch.decideRun(ref, command, trace, staged[index]),
      );
      await batch.save();
      return recorded;
    });
  }

  /** Repeats `work` in a new transaction when a stream moved on meanwhile; at last it is `unavailable`. */
  async transaction<T>(work: (tx: Transaction, attempt: number) => Promise<T>): Promise<T> {
    try {
      return await retrying({ attempts: ATTEMPTS, baseMs: 4, maxMs: 200, retryOn: isContention }, (attempt) =>
        this.store.database.transaction((tx) => work(tx, attempt)),
      );
    } catch (error) {
      if (!isContention(error)) throw error;
      throw unavailable('runsContended', 'others change the same runs all the time; try again', error);
    }
  }

  /** Makes the leader look at these runs after the commit. */
  announce(tx: Transaction, refs: readonly RunRef[]): Promise<void> {
    return this.#announce(tx, refs.map(runKey));
  }

  /** Makes the leader look for volumes that these jobs have no more. */
  announceVolumes(tx: Transaction, uids: readonly string[]): Promise<void> {
    return this.#announce(tx, uids.map(volumesKey));
  }

  async #announce(tx: Transaction, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await tx.query('SELECT pg_notify($1, key) FROM unnest($2::text[]) AS key', [RUNS_CHANGED, keys]);
  }
}

/** A stream has moved on, or is there already. */
export const isContention = (error: unknown): boolean =>
  isCarillonError(error, 'conflict') && error.code === 'concurrencyConflict';
