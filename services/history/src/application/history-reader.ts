import type {
  FindRunsRequest,
  FindRunsResponse,
  RecordedEvent,
  Run,
  RunKey,
  RunOutcome,
  Skip,
  Summary,
} from '@carillon/contracts';

/** The projections as they are read. Ended runs are those that neither were skipped nor still go on. */
export interface HistoryReader {
  /** Newest end first, of each list (successes, failures) the newest `perList`, `limit` in all. */
  endedRuns(wanted: {
    uid: string;
    perList: number;
    limit: number;
    outcome: RunOutcome | undefined;
  }): Promise<Run[]>;
  /** Of any job, the one queued last first. */
  findRuns(wanted: FindRunsRequest): Promise<FindRunsResponse>;
  endedRun(key: RunKey): Promise<Run | undefined>;
  /** Of each job the newest `limit` of each list, newest end first within a job. */
  recentRuns(uids: readonly string[], limit: number): Promise<Run[]>;
  /** Only of jobs that have some. */
  summaries(uids: readonly string[]): Promise<Summary[]>;
  /** Those of the runs whose end was recorded, even if it was pruned since. */
  endedAmong(runs: readonly RunKey[]): Promise<RunKey[]>;
  /** Those of the runs that were skipped, as long as their lists keep them. */
  skipsAmong(runs: readonly RunKey[]): Promise<Skip[]>;
  /**
   * Ascending, without gaps: what commits later has higher positions. Fewer than the limit where they are large; none only
   * where there are no more.
   */
  eventsAfter(wanted: {
    after: number;
    limit: number;
    jobId: string | undefined;
    runId: string | undefined;
  }): Promise<RecordedEvent[]>;
  /** The last position that was given to an event; 0 before the first. */
  lastPosition(): Promise<number>;
}
