import type { Database } from '@carillon/event-store';
import { HISTORY_GROUP } from '../event-log/history-consumer.js';

/**
 * Empties the projections and forgets how far they came, in one transaction, so that the consumer fills them again
 * from the owners of the events when it starts next. It must be stopped, on every instance. Positions of public events
 * go on where they were: who resumes from an older one is told everything again, and misses nothing.
 */
export async function forgetHistory(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('SELECT 1 FROM writer FOR UPDATE');
    await tx.query('TRUNCATE public_events, runs, attempts, job_statistics, job_labels');
    await tx.query('DELETE FROM consumer_positions WHERE consumer = $1', [HISTORY_GROUP]);
  });
}
