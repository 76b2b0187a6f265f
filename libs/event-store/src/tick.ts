import { prepared, type Queries } from './transaction.js';

/**
 * A tick is a statement's place in the causal order: its transaction's id, or that of the last transaction it could
 * see to have ended if that is greater. On two consequences all of publishing rests:
 *
 * - What a writer saw never sorts after what it wrote: by (tick, position), the former's tick is not greater, and if
 *   it is the same then its position was taken earlier.
 * - An append that begins later has a tick not below the last id that has ended by now. So of what is not to be seen
 *   yet, only appends that have begun already can sort before that; their ticks are at least their ids.
 */
export const TICK = `greatest(
  pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) + tick_offset()`;

/** Below it every transaction of the cluster has ended, as the statement that asks sees it. */
export const FINAL_BEFORE = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint + tick_offset()';

/** No transaction with an id from here on has ended, as the statement that asks sees it. */
export const NOT_YET_BEFORE = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint + tick_offset()';

/**
 * Like FINAL_BEFORE, but without those who have not appended to this store: whoever has holds a lock on its table until
 * its end, taken before the snapshot from which its tick comes. The locks are read after this statement's snapshot, and
 * events must be read by a later statement: by then, who held a lock in between has ended and is to be seen.
 */
const FINAL_HERE_BEFORE = prepared(`
  WITH taken AS MATERIALIZED (
    SELECT pg_current_snapshot() AS snapshot
  ), locks AS MATERIALIZED (
    SELECT locktype, database, relation, transactionid, virtualtransaction, mode FROM pg_locks
  ), appending AS (
    SELECT own.transactionid
    FROM locks AS own JOIN locks AS events USING (virtualtransaction)
    WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock'
      AND events.locktype = 'relation' AND events.mode <> 'AccessShareLock'
      AND events.relation = 'events'::regclass
      AND events.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  )
  SELECT least(max(pg_snapshot_xmax(snapshot)::text::bigint) - 1, min(running.xid::text::bigint)) + tick_offset()
         AS bound
  FROM taken LEFT JOIN LATERAL pg_snapshot_xip(snapshot) AS running (xid)
    ON running.xid::xid IN (SELECT transactionid FROM appending)`);

/** A bound below which no event can appear any more, whatever else runs in this database or its neighbours. */
export async function finalHereBefore(queries: Queries): Promise<string> {
  const [row] = await queries.query<{ bound: string }>(FINAL_HERE_BEFORE);
  return row?.bound ?? '0';
}
