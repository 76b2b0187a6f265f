import { type Database, type Listening, prepared, type Transaction } from '@carillon/event-store';
import type { ArmedClocks, Arming, Claim } from '../../application/armed-clocks.js';

/** The database's clock at the start of the statement, epoch milliseconds. */
const NOW = 'floor(extract(epoch FROM statement_timestamp()) * 1000)';

const CLAIM = prepared(`
  SELECT uid, ${NOW}::float8 AS now FROM armed_clocks WHERE next_due_at <= ${NOW}::bigint
  ORDER BY next_due_at LIMIT $1 FOR UPDATE SKIP LOCKED`);
const LOCK = prepared('SELECT 1 FROM armed_clocks WHERE uid = ANY($1::text[]) ORDER BY uid FOR UPDATE');
/**
 * $1 uids, $2 instants; $3 channel, $4 the nearest of them, $5 milliseconds. Timers are told of what is due within $5
 * only: a notice costs a lock of the whole server at commit, and the rest they find in time by themselves.
 */
const ARM = prepared(`
  WITH armed AS (
    INSERT INTO armed_clocks (uid, next_due_at) SELECT * FROM unnest($1::text[], $2::bigint[])
    ON CONFLICT (uid) DO UPDATE SET next_due_at = excluded.next_due_at
  )
  SELECT pg_notify($3::text, $4::text) WHERE $4::bigint < ${NOW}::bigint + $5::bigint`);
const DISARM = prepared('DELETE FROM armed_clocks WHERE uid = ANY($1::text[])');
const NEAREST = prepared(
  `SELECT (SELECT min(next_due_at) FROM armed_clocks)::float8 AS due_at, ${NOW}::float8 AS now`,
);
export class PostgresArmedClocks implements ArmedClocks {
  readonly #database: Database;
  readonly #tellWithinMs: number;

  /** `tellWithinMs`: timers look for themselves at least this often. */
  constructor(database: Database, tellWithinMs: number) {
    this.#database = database;
    this.#tellWithinMs = tellWithinMs;
  }

  async claim(tx: Transaction, limit: number): Promise<Claim> {
    const rows = await tx.query<{ uid: string; now: number }>(CLAIM, [limit]);
    return { uids: rows.map(({ uid }) => uid), now: rows[0]?.now ?? 0 };
  }

  async lock(tx: Transaction, uids: readonly string[]): Promise<void> {
    await tx.query(LOCK, [uids]);
  }

  async arm(tx: Transaction, armings: readonly Arming[]): Promise<void> {
    const armed = armings.flatMap(({ uid, nextDueAt }) =>
      nextDueAt === undefined ? [] : [{ uid, nextDueAt }],
    );
    const done = armings.filter(({ nextDueAt }) => nextDueAt === undefined);
    if (armed.length > 0) {
      const instants = armed.map(({ nextDueAt }) => nextDueAt);
      const nearest = instants.reduce((a, b) => Math.min(a, b));
      const uids = armed.map(({ uid }) => uid);
      await tx.query(ARM, [uids, instants, this.#channel, nearest, this.#tellWithinMs]);
    }
    if (done.length > 0) await tx.query(DISARM, [done.map(({ uid }) => uid)]);
  }

  async nearest(): Promise<{ dueAt: number | undefined; now: number }> {
    const [row] = await this.#database.query<{ due_at: number | null; now: number }>(NEAREST);
    return { dueAt: row?.due_at ?? undefined, now: row?.now ?? 0 };
  }

  /** Calls back with each instant that some timer armed, and with 0 when notices may have been lost. */
  listen(onArmed: (dueAt: number) => void): Promise<Listening> {
    return this.#database.listen(this.#channel, (payload) => onArmed(Number(payload)));
  }

  get #channel(): string {
    return `${this.#database.schema}_armed`;
  }
}
