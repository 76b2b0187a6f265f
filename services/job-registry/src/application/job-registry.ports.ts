import type { Aggregates, Transaction } from '@carillon/event-store';
import type { JobCommand } from '../domain/job.commands.js';
import type { JobEvent } from '../domain/job.events.js';
import type { JobState } from '../domain/job.state.js';
import type { AnsweredRequests } from './answered-requests.js';
import type { Dependencies } from './dependencies.js';
import type { JobBook } from './job-book.js';

export interface JobRegistryPorts {
  readonly jobs: Aggregates<JobState, JobCommand, JobEvent>;
  readonly book: JobBook;
  readonly dependencies: Dependencies;
  readonly answered: AnsweredRequests;
  /** All or nothing. */
  readonly transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Jobs at most; no limit when absent. */
  readonly maxJobs?: number;
}
