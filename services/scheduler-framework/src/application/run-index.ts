import type { Queries, Transaction } from '@carillon/event-store';
import type { TraceContext } from '@carillon/service-runtime';
import type { RunRef } from './run-keys.js';

export interface RunRow extends RunRef {
  readonly jobId: string;
  /** The framework that runs it: each owns a range of jobs. */
  readonly framework: string;
  /** Of the admission: what follows belongs to it. */
  readonly trace: TraceContext;
}

/** Where runs are found: the active ones, and ended ones until history has them. */
export interface RunIndex {
  insert(tx: Transaction, rows: readonly RunRow[]): Promise<void>;
  end(tx: Transaction, ended: readonly (RunRef & { readonly endedAt: number })[]): Promise<void>;
  active(framework: string): Promise<RunRow[]>;
  find(refs: readonly RunRef[], on?: Queries): Promise<RunRow[]>;
  /** In the order of their run ids, which is that of their due instants. No uids: of all jobs. */
  list(uids: readonly string[], activeOnly: boolean): Promise<RunRow[]>;
  /** In the order in which they ended. */
  ended(page: { readonly limit: number; readonly skip: number }): Promise<RunRow[]>;
  forget(refs: readonly RunRef[]): Promise<void>;
}
