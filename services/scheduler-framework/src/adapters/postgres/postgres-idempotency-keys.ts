import { type Database, prepared, type Queries, type Transaction } from '@carillon/event-store';
import type { IdempotencyKeys, KeyOfRun } from '../../application/idempotency-keys.js';
import type { RunRef } from '../../application/run-keys.js';

const FIND = prepared('SELECT run_id FROM idempotency_keys WHERE uid = $1 AND key = $2');
const RECORD = prepared('INSERT INTO idempotency_keys (uid, key, run_id) VALUES ($1, $2, $3)');
const FORGET_OLD = prepared(`
  WITH old AS (
    SELECT uid, key FROM idempotency_keys WHERE made_at < now() - interval '24 hours' LIMIT 5000
  ), gone AS (
    DELETE FROM idempotency_keys k USING old WHERE k.uid = old.uid AND k.key = old.key RETURNING 1
  )
  SELECT count(*)::int AS gone FROM gone`);

export class PostgresIdempotencyKeys implements IdempotencyKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ uid, key }: KeyOfRun, on: Queries = this.#database): Promise<string | undefined> {
    const [row] = await on.query<{ run_id: string }>(FIND, [uid, key]);
    return row?.run_id;
  }

  async record(tx: Transaction, { uid, runId }: RunRef, key: string): Promise<void> {
    await tx.query(RECORD, [uid, key, runId]);
  }

  async forgetOld(): Promise<number> {
    const [row] = await this.#database.query<{ gone: number }>(FORGET_OLD);
    return row?.gone ?? 0;
  }
}
