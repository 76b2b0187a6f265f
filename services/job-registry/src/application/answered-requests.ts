import type { Job, RequestKey } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';

/** Requests that came with a key, and what they were answered; kept for a day. */
export interface AnsweredRequests {
  find(key: string): Promise<{ fingerprint: string; answer: Job } | undefined>;
  /** In the transaction of the change itself. False: somebody else's request with this key was faster. */
  record(tx: Transaction, request: RequestKey, answer: Job): Promise<boolean>;
  /** Forgets those that are old enough; returns how many. */
  forgetOld(): Promise<number>;
}
