import type { Queries, Transaction } from '@carillon/event-store';
import type { RunRef } from './run-keys.js';

export interface KeyOfRun {
  readonly uid: string;
  readonly key: string;
}

/** Which run each idempotency key made; kept for a day. The door of a job remembers those used last without asking. */
export interface IdempotencyKeys {
  find(of: KeyOfRun, on?: Queries): Promise<string | undefined>;
  /** In the transaction that lets the run in, which no other request of the job can do at once. */
  record(tx: Transaction, ref: RunRef, key: string): Promise<void>;
  /** Forgets those that are old enough; returns how many. */
  forgetOld(): Promise<number>;
}
