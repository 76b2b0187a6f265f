import type { StoredEvent } from '@carillon/event-store';

/** What was decided, as the events say. */
export interface DecisionLog {
  /** Events of the clock from about `from` on (of the database's clock), in order, page by page. */
  clockEvents(uid: string, from: number): AsyncGenerator<readonly StoredEvent[]>;
  /**
   * The runs that workflow runs and backfills made due for the job in a range, and those they did not. Of the last instant
   * all, even beyond the limit.
   */
  otherEvents(uid: string, from: number, to: number, limit: number): Promise<readonly StoredEvent[]>;
}
