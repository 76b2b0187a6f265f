import { prepared, type Queries } from '@carillon/event-store';
import { BACKFILL, type BackfillBook } from '../../application/backfills.js';
import type { StartedBackfill } from '../../domain/backfill/backfill.state.js';

/** '/' follows '.' in collation "C". */
const LIST = prepared(`
  SELECT state FROM streams WHERE stream > '${BACKFILL}-' || $1 || '.' AND stream < '${BACKFILL}-' || $1 || '/'
  ORDER BY (state->>'startedAt')::bigint DESC LIMIT $2`);

export class PostgresBackfills implements BackfillBook {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async list(uid: string, limit: number): Promise<StartedBackfill[]> {
    const rows = await this.#database.query<{ state: StartedBackfill }>(LIST, [uid, limit]);
    return rows.map(({ state }) => state);
  }
}
