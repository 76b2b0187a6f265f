import {
  type Database,
  integerArray,
  prepared,
  type Queries,
  textArray,
  type Transaction,
} from '@carillon/event-store';
import type { RunIndex, RunRow } from '../../application/run-index.js';
import type { RunRef } from '../../application/run-keys.js';

const INSERT = prepared(`
  INSERT INTO runs (uid, run_id, job_id, framework, traceparent, tracestate)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`);
const END = prepared(`
  UPDATE runs SET ended_at = e.ended_at
  FROM unnest($1::text[], $2::text[], $3::bigint[]) AS e (uid, run_id, ended_at)
  WHERE runs.uid = e.uid AND runs.run_id = e.run_id`);

export class PostgresRunIndex implements RunIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(tx: Transaction, rows: readonly RunRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(INSERT, [
      textArray(rows.map(({ uid }) => uid)),
      textArray(rows.map(({ runId }) => runId)),
      textArray(rows.map(({ jobId }) => jobId)),
      textArray(rows.map(({ framework }) => framework)),
      textArray(rows.map(({ trace }) => trace.traceparent ?? null)),
      textArray(rows.map(({ trace }) => trace.tracestate ?? null)),
    ]);
  }

  async end(tx: Transaction, ended: readonly (RunRef & { readonly endedAt: number })[]): Promise<void> {
    if (ended.length === 0) return;
    await tx.query(END, [
      textArray(ended.map(({ uid }) => uid)),
      textArray(ended.map(({ runId }) => runId)),
      integerArray(ended.map(({ endedAt }) => endedAt)),
    ]);
  }

  active(framework: string): Promise<RunRow[]> {
    return this.#select(this.#database, 'framework = $1 AND ended_at IS NULL', [framework]);
  }

  find(refs: readonly RunRef[], on: Queries = this.#database): Promise<RunRow[]> {
    return this.#select(on, '(uid, run_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))', [
      refs.map(({ uid }) => uid),
      refs.map(({ runId }) => runId),
    ]);
  }

  list(uids: readonly string[], activeOnly: boolean): Promise<RunRow[]> {
    const active = activeOnly ? 'ended_at IS NULL' : 'true';
    return uids.length === 0
      ? this.#select(this.#database, `${active} ORDER BY run_id`, [])
      : this.#select(this.#database, `${active} AND uid = ANY ($1) ORDER BY run_id`, [uids]);
  }

  ended({ limit, skip }: { limit: number; skip: number }): Promise<RunRow[]> {
    const where = 'ended_at IS NOT NULL ORDER BY ended_at, uid, run_id LIMIT $1 OFFSET $2';
    return this.#select(this.#database, where, [limit, skip]);
  }

  async forget(refs: readonly RunRef[]): Promise<void> {
    if (refs.length === 0) return;
    await this.#database.query(
      `DELETE FROM runs WHERE (uid, run_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
       AND ended_at IS NOT NULL`,
      [refs.map(({ uid }) => uid), refs.map(({ runId }) => runId)],
    );
  }

  async #select(on: Queries, where: string, parameters: readonly unknown[]): Promise<RunRow[]> {
    const rows = await on.query<Record<'uid' | 'run_id' | 'job_id' | 'framework', string> & TraceColumns>(
      `SELECT uid, run_id, job_id, framework, traceparent, tracestate FROM runs WHERE ${where}`,
      parameters,
    );
    return rows.map((row) => ({
      uid: row.uid,
      runId: row.run_id,
      jobId: row.job_id,
      framework: row.framework,
      trace: {
        ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
        ...(row.tracestate === null ? {} : { tracestate: row.tracestate }),
      },
    }));
  }
}

interface TraceColumns {
  traceparent: string | null;
  tracestate: string | null;
}
