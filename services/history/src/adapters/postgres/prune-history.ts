import { type Database, prepared, type Transaction } from '@carillon/event-store';

export interface Retention {
  /** Runs kept per job in each list: successes, failures, skipped. Counts stay exact. */
  readonly runsPerList: number;
  /** Newest public events kept in all. */
  readonly events: number;
}

/** A decision without any further word of its run for so long belongs to a run that was pruned before. */
const LONELY_DECISION_MS = 7 * 24 * 3_600_000;
const JOBS_AT_ONCE = 50;
const ROWS_AT_ONCE = 5_000;

const BEYOND = prepared(`
  SELECT uid FROM job_statistics
   WHERE successes - pruned_successes > $1 OR failures - pruned_failures > $1 OR skipped - pruned_skipped > $1
   LIMIT ${JOBS_AT_ONCE}`);

const PRUNE_JOB = prepared(`
  WITH beyond AS (
    SELECT uid, run_id, list FROM (
      SELECT uid, run_id, list,
             row_number() OVER (PARTITION BY list ORDER BY listed_at DESC, run_id DESC) AS place
        FROM runs WHERE uid = $1 AND list IS NOT NULL) ranked
     WHERE place > $2 LIMIT ${ROWS_AT_ONCE}
  ), attempts_gone AS (
    DELETE FROM attempts a USING beyond b WHERE a.uid = b.uid AND a.run_id = b.run_id
  ), gone AS (
    DELETE FROM runs r USING beyond b WHERE r.uid = b.uid AND r.run_id = b.run_id RETURNING b.list
  )
  UPDATE job_statistics s SET
    pruned_successes = pruned_successes + (SELECT count(*) FROM gone WHERE list = 'success'),
    pruned_failures = pruned_failures + (SELECT count(*) FROM gone WHERE list = 'failure'),
    pruned_skipped = pruned_skipped + (SELECT count(*) FROM gone WHERE list = 'skipped')
   WHERE uid = $1 RETURNING (SELECT count(*)::int FROM gone) AS pruned`);

const PRUNE_EVENTS = prepared(`
  WITH gone AS (
    DELETE FROM public_events
     WHERE position <= (SELECT last_position - $1 FROM writer)
       AND position < (SELECT min(position) + ${ROWS_AT_ONCE} FROM public_events) RETURNING 1)
  SELECT count(*)::int AS pruned FROM gone`);

const PRUNE_DECISIONS = prepared(`
  WITH gone AS (
    DELETE FROM runs WHERE queued_at IS NULL AND skipped_at IS NULL AND ended_at IS NULL
       AND due_at < extract(epoch FROM now()) * 1000 - ${LONELY_DECISION_MS} RETURNING 1)
  SELECT count(*)::int AS pruned FROM gone`);

/** Forgets what is beyond the retention, in short transactions. Returns the number of rows; 0: nothing is left to do. */
export async function pruneHistory(database: Database, retention: Retention): Promise<number> {
  const prune = async (work: (tx: Transaction) => Promise<{ pruned: number }[]>) => {
    const rows = await database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM writer FOR UPDATE');
      return work(tx);
    });
    return rows[0]?.pruned ?? 0;
  };
  let pruned = 0;
  for (const { uid } of await database.query<{ uid: string }>(BEYOND, [retention.runsPerList])) {
    pruned += await prune((tx) => tx.query(PRUNE_JOB, [uid, retention.runsPerList]));
  }
  pruned += await prune((tx) => tx.query(PRUNE_EVENTS, [retention.events]));
  pruned += await prune((tx) => tx.query(PRUNE_DECISIONS));
  return pruned;
}
