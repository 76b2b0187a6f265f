import type { Job, RequestKey } from '@carillon/contracts';
import { prepared, type Queries, type Transaction } from '@carillon/event-store';
import type { AnsweredRequests } from '../../application/answered-requests.js';

const FIND = prepared('SELECT fingerprint, answer FROM answered_requests WHERE key = $1');
const RECORD = prepared(
  `INSERT INTO answered_requests (key, fingerprint, answer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`,
);
const FORGET_OLD = prepared(
  `WITH old AS (
     SELECT key FROM answered_requests WHERE answered_at < now() - interval '24 hours' LIMIT 5000
   ), gone AS (
     DELETE FROM answered_requests r USING old WHERE r.key = old.key RETURNING 1
   )
   SELECT count(*)::int AS gone FROM gone`,
);

export class PostgresAnsweredRequests implements AnsweredRequests {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async find(key: string): Promise<{ fingerprint: string; answer: Job } | undefined> {
    const [row] = await this.#database.query<{ fingerprint: string; answer: Job }>(FIND, [key]);
    return row;
  }

  async record(tx: Transaction, { key, fingerprint }: RequestKey, answer: Job): Promise<boolean> {
    return (await tx.query(RECORD, [key, fingerprint, JSON.stringify(answer)])).length > 0;
  }

  async forgetOld(): Promise<number> {
    const [row] = await this.#database.query<{ gone: number }>(FORGET_OLD);
    return row?.gone ?? 0;
  }
}
