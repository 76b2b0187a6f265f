import type { RunKey } from '@carillon/contracts';
import type { AttemptFacts } from '../domain/attempt-facts.js';
import type { EventRecord } from '../domain/event-record.js';
import type { JobLabels } from '../domain/job-labels.js';
import type { RunFacts } from '../domain/run-facts.js';
import type { StatisticsChange } from '../domain/statistics.js';

/** The projections as one transaction writes them; each call is one statement, however many rows it is about. */
export interface HistoryTables {
  /**
   * Makes this transaction the only writer until it ends. So events commit in the order of their positions, and a
   * reader never meets a lower position after a higher one.
   */
  becomeOnlyWriter(): Promise<void>;
  /** The keys (`eventKey`) of those that are in the table. */
  recordedAmong(events: readonly EventRecord[]): Promise<ReadonlySet<string>>;
  /** Appends in this order, each at the next position. */
  record(events: readonly EventRecord[]): Promise<void>;
  /** The keys (`runKey`) of those whose end or skip is recorded. */
  countedAmong(runs: readonly RunKey[]): Promise<ReadonlySet<string>>;
  mergeRuns(runs: readonly RunFacts[]): Promise<void>;
  mergeAttempts(attempts: readonly AttemptFacts[]): Promise<void>;
  /** The labels of each job as its newest revision among these and those before has them. */
  setLabels(labels: readonly JobLabels[]): Promise<void>;
  addStatistics(changes: readonly StatisticsChange[]): Promise<void>;
}
