import { prepared, type Queries } from './transaction.js';

/**
 * A tick is a transaction's place in the causal order: its own id, or that of the last transaction it could see to
 * have ended if that is greater. Two things follow, on which all of publishing rests:
 *
 * - What a writer saw never sorts after what it wrote: by (tick, position), the former's tick is not greater, and if
 *   it is the same then its position was taken earlier.
 * - Once every transaction with an id below some bound has ended, no event with a tick below it can appear any more,
 *   for a transaction's tick is at least its id.
 */
export const TICK = `greatest(
  pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) + tick_offset()`;

/** Below it every transaction of the cluster has ended, as the statement that asks sees it. */
export const FINAL_BEFORE = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint + tick_offset()';

/** No transaction with an id from here on has ended, as the statement that asks sees it. */
export const NOT_YET_BEFORE = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint + tick_offset()';

/**
 * Like FINAL_BEFORE, for transactions of this database only: others cannot write here. pg_stat_activity is read after
 * the snapshot, so a running id that it shows in another database was there all the time. Any user may see that much.
 */
const FINAL_HERE_BEFORE = prepared(`
  WITH taken AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
  SELECT coalesce(min(running.xid::text::bigint), max(pg_snapshot_xmax(snapshot)::text::bigint)) + tick_offset()
         AS bound
  FROM taken LEFT JOIN LATERAL (
    SELECT xid FROM pg_snapshot_xip(snapshot) AS xip (xid)
    WHERE NOT EXISTS (SELECT FROM pg_stat_activity
                      WHERE backend_xid = xid::xid AND datname <> current_database())
      AND NOT EXISTS (SELECT FROM pg_prepared_xacts
                      WHERE transaction = xid::xid AND database <> current_database())
  ) AS running ON true`);

/** The bound below which nothing more can be written, whatever runs in neighbouring databases. */
export async function finalHereBefore(queries: Queries): Promise<string> {
  const [row] = await queries.query<{ bound: string }>(FINAL_HERE_BEFORE);
  return row?.bound ?? '0';
}
