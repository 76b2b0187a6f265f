import type { Job } from '@carillon/contracts';
import type { Transaction } from '@carillon/event-store';
import type { JobEvent } from '../domain/job.events.js';

/** Where jobs are looked up. */
export interface JobBook {
  /** The revision in force. */
  find(jobId: string): Promise<Job | undefined>;
  /** By id, ascending, those after `after`. */
  list(after: string | undefined, limit: number): Promise<Job[]>;
  revision(uid: string, revision: number): Promise<Job | undefined>;
  /** Also of a job that was removed. */
  latestRevision(uid: string): Promise<Job | undefined>;
  /** Takes in what happened to one job, in the transaction that records it. */
  record(tx: Transaction, jobId: string, event: JobEvent): Promise<void>;
}
