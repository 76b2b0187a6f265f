import { type Database, type EventStore, prepared, type StoredEvent } from '@carillon/event-store';
import { BACKFILL } from '../../application/backfills.js';
import { streamOf } from '../../application/clock-stream.js';
import type { DecisionLog } from '../../application/decision-log.js';
import { MEMBER_STREAMS } from './postgres-workflows.js';

const PAGE = 1_000;
/** The database's clock may have been set back meanwhile. */
const MARGIN_MS = 600_000;

const LAST = prepared('SELECT version FROM streams WHERE stream = $1');
const RECORDED = prepared(`
  SELECT floor(extract(epoch FROM recorded_at) * 1000)::float8 AS at FROM events WHERE stream = $1 AND version = $2`);
/** $1 uid, $2 from, $3 to, $4 limit. */
const OTHERS = prepared(`
  SELECT stream, version, type, data, metadata FROM events
  WHERE stream = ANY (ARRAY(
      ${MEMBER_STREAMS}
      UNION ALL SELECT stream FROM streams
        WHERE stream > '${BACKFILL}-' || $1 || '.' AND stream < '${BACKFILL}-' || $1 || '/'))
    AND type IN ('RunDue', 'WorkflowJobNotRun') AND data->>'uid' = $1
    AND coalesce(data->>'dueAt', data->>'at')::bigint BETWEEN $2::bigint AND $3::bigint - 1
  ORDER BY coalesce(data->>'dueAt', data->>'at')::bigint FETCH FIRST $4 ROWS WITH TIES`);

export class PostgresDecisionLog implements DecisionLog {
  readonly #database: Database;
  readonly #store: EventStore;

  constructor(database: Database, store: EventStore) {
    this.#database = database;
    this.#store = store;
  }

  async *clockEvents(uid: string, from: number): AsyncGenerator<readonly StoredEvent[]> {
    const stream = streamOf(uid);
    let after = await this.#versionBefore(stream, from - MARGIN_MS);
    for (;;) {
      const page = await this.#store.readStream(stream, after, PAGE);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.version ?? after;
    }
  }

  otherEvents(uid: string, from: number, to: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#database.query<StoredEvent>(OTHERS, [uid, from, to, limit]);
  }

  /** The last version that was recorded before `instant`, found by halving: streams may be long. */
  async #versionBefore(stream: string, instant: number): Promise<number> {
    const [last] = await this.#database.query<{ version: number }>(LAST, [stream]);
    let low = 0;
    for (let high = last?.version ?? 0; low < high; ) {
      const middle = Math.ceil((low + high) / 2);
      const [event] = await this.#database.query<{ at: number }>(RECORDED, [stream, middle]);
      if (event && event.at < instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
