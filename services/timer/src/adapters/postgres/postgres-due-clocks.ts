import { type Database, type Listening, prepared, type Transaction } from '@carillon/event-store';
import { streamOf, uidOf } from '../../application/clock-stream.js';
import type { Claim, ClaimedClock, ClaimedClocks, DueClocks } from '../../application/due-clocks.js';
import type { ClockState } from '../../domain/clock.state.js';
import { nextDueAtOf } from './timer-columns.js';

/** The database's clock at the start of the statement, epoch milliseconds. */
const DATABASE_CLOCK = 'floor(extract(epoch FROM statement_timestamp()) * 1000)';

const LOCK = prepared('SELECT 1 FROM streams WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE');
const MOVE = prepared('UPDATE streams SET state = $2, next_due_at = $3 WHERE stream = $1');

/** Statements that look at the clock: once each, whatever the number of rows. */
const statements = (now: string) => ({
  claim: prepared(`
    SELECT stream, version, state::text AS state, (SELECT ${now}::float8) AS now FROM streams
    WHERE next_due_at <= (SELECT ${now}::bigint) ORDER BY next_due_at LIMIT $1 FOR UPDATE SKIP LOCKED`),
  nearest: prepared(`
    SELECT (SELECT next_due_at FROM streams WHERE next_due_at IS NOT NULL ORDER BY next_due_at LIMIT 1)::float8 AS due_at,
           ${now}::float8 AS now`),
  /** A notice costs a lock of the whole server at commit. */
  tell: prepared(`SELECT pg_notify($1::text, $2::text) WHERE $2::bigint < ${now}::bigint + $3::bigint`),
});

interface ClaimedRow {
  readonly stream: string;
  readonly version: number;
  readonly state: string;
  readonly now: number;
}

class ClaimedRows implements ClaimedClocks {
  readonly length: number;
  readonly #rows: readonly ClaimedRow[];

  constructor(rows: readonly ClaimedRow[]) {
    this.#rows = rows;
    this.length = rows.length;
  }

  *[Symbol.iterator](): Generator<ClaimedClock> {
    for (const { stream, version, state } of this.#rows)
      yield { uid: uidOf(stream), version, state: JSON.parse(state) as ClockState };
  }
}

export class PostgresDueClocks implements DueClocks {
  readonly #database: Database;
  readonly #tellWithinMs: number;
  readonly #statements: ReturnType<typeof statements>;

  /**
   * Timers look for themselves at least every `tellWithinMs`, so they are told of what is due sooner only. `clock` is the
   * expression that tells the time: tests have a clock that they set.
   */
  constructor(database: Database, tellWithinMs: number, clock = DATABASE_CLOCK) {
    this.#database = database;
    this.#tellWithinMs = tellWithinMs;
    this.#statements = statements(clock);
  }

  async claim(tx: Transaction, limit: number): Promise<Claim> {
    const rows = await tx.query<ClaimedRow>(this.#statements.claim, [limit]);
    return { now: rows[0]?.now ?? 0, clocks: new ClaimedRows(rows) };
  }

  async lock(tx: Transaction, uids: readonly string[]): Promise<void> {
    await tx.query(LOCK, [uids.map(streamOf)]);
  }

  async tell(tx: Transaction, dueAt: number): Promise<void> {
    await tx.query(this.#statements.tell, [this.#channel, dueAt, this.#tellWithinMs]);
  }

  async move(tx: Transaction, uid: string, state: ClockState): Promise<void> {
    await tx.query(MOVE, [streamOf(uid), JSON.stringify(state), nextDueAtOf(state)]);
  }

  async nearest(): Promise<{ dueAt: number | undefined; now: number }> {
    const [row] = await this.#database.query<{ due_at: number | null; now: number }>(
      this.#statements.nearest,
    );
    return { dueAt: row?.due_at ?? undefined, now: row?.now ?? 0 };
  }

  /** Calls back with each instant that some timer was told of, and with 0 when notices may have been lost. */
  listen(onDue: (dueAt: number) => void): Promise<Listening> {
    return this.#database.listen(this.#channel, (payload) => onDue(Number(payload)));
  }

  get #channel(): string {
    return `${this.#database.schema}_due`;
  }
}
