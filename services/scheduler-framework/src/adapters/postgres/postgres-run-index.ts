import {
  type Database,
  integerArray,
  prepared,
  type Queries,
  textArray,
  type Transaction,
} from '@carillon/event-store';
import {
  placeOf,
  type RunIndex,
  type RunPage,
  type RunRow,
  type WantedRows,
} from '../../application/run-index.js';
import type { RunRef } from '../../application/run-keys.js';

const INSERT = prepared(`
  INSERT INTO runs (uid, run_id, job_id, queued_at, framework, traceparent, tracestate)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])`);
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
      integerArray(rows.map(({ queuedAt }) => queuedAt)),
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

  async page(wanted: WantedRows): Promise<RunPage> {
    const rows = await this.#database.query<RowColumns & { meets: boolean | null }>(...pageOf(wanted));
    const last = rows.at(-1);
    return {
      rows: rows.filter(({ meets }) => meets ?? true).map(toRow),
      ...(last === undefined || rows.length < wanted.limit ? {} : { next: placeOf(toRow(last)) }),
    };
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
    const rows = await on.query<RowColumns>(`SELECT ${COLUMNS} FROM runs WHERE ${where}`, parameters);
    return rows.map(toRow);
  }
}

interface RowColumns {
  readonly uid: string;
  readonly run_id: string;
  readonly job_id: string;
  readonly queued_at: string;
  readonly framework: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}
const COLUMNS = 'uid, run_id, job_id, queued_at, framework, traceparent, tracestate';

const toRow = (row: RowColumns): RunRow => ({
  uid: row.uid,
  runId: row.run_id,
  jobId: row.job_id,
  queuedAt: Number(row.queued_at),
  framework: row.framework,
  trace: {
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    ...(row.tracestate === null ? {} : { tracestate: row.tracestate }),
  },
});

/** Rows in order, and of each whether its state meets what is said of it: one by one, for most of the streams are others. */
function pageOf(wanted: WantedRows): [sql: string, parameters: unknown[]] {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ['true'];
  const when = <T>(given: T | undefined, condition: (of: string) => string, all = conditions) => {
    if (given !== undefined) all.push(condition(value(given)));
  };
  when(wanted.uid, (uid) => `uid = ${uid}`);
  when(wanted.jobPrefix, (prefix) => `starts_with(job_id, ${prefix})`);
  when(wanted.from, (from) => `queued_at >= ${from}`);
  when(wanted.until, (until) => `queued_at < ${until}`);
  if (wanted.before) {
    const { queuedAt, runId, uid } = wanted.before;
    const place = `(${value(queuedAt)}::bigint, ${value(runId)}, ${value(uid)})`;
    conditions.push(`(queued_at, run_id COLLATE "C", uid COLLATE "C") < ${place}`);
  }
  const { status, trigger, hasBegun = false, isEnding = false } = wanted.state;
  const ofState: string[] = [];
  when(status, (of) => `state ->> 'status' = ${of}`, ofState);
  when(trigger, (of) => `state ->> 'trigger' = ${of}`, ofState);
  if (hasBegun) ofState.push(`state ->> 'attemptCount' <> '0'`);
  if (isEnding) ofState.push(`coalesce(state ->> 'endedAt', state ->> 'stopRequestedAt') IS NOT NULL`);
  const meets =
    ofState.length === 0
      ? 'NULL'
      : `(SELECT ${ofState.join(' AND ')} FROM streams WHERE stream = 'run-' || run_id || '/' || uid)`;
  const sql = `
    WITH page AS MATERIALIZED (
      SELECT ${COLUMNS} FROM runs WHERE ${conditions.join(' AND ')} ${ORDER} LIMIT ${value(wanted.limit)}
    ) SELECT ${COLUMNS}, ${meets} AS meets FROM page ${ORDER}`;
  return [sql, values];
}

const ORDER = 'ORDER BY queued_at DESC, run_id COLLATE "C" DESC, uid COLLATE "C" DESC';
