import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { batch, data, metadata, single, state } from './events.js';

export const CONNECTIONS = 8;
const ROUND_MS = 1_000;

/** One writer's turn; says how many events it wrote. */
export type Turn = (writer: number, turn: number) => Promise<number>;

/** Events per second of as many writers as there are counters, for a second; each counts its turns. */
export async function rate(turn: Turn, turns: number[]): Promise<number> {
  const started = performance.now();
  let written = 0;
  await Promise.all(
    turns.map(async (_, writer) => {
      while (performance.now() - started < ROUND_MS) {
        written += await turn(writer, turns[writer] ?? 0);
        turns[writer] = (turns[writer] ?? 0) + 1;
      }
    }),
  );
  return written / ((performance.now() - started) / 1_000);
}

/** Writes a stream and an event with a prepared statement, on disk when it is done, and nothing else. */
export async function rawWriter(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  pool.on('error', () => undefined);
  await pool.query(`
    DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw;
    CREATE TABLE raw.streams (stream text PRIMARY KEY, version int NOT NULL, state jsonb NOT NULL);
    CREATE TABLE raw.events (
      position bigserial PRIMARY KEY, stream text NOT NULL, version int NOT NULL, type text NOT NULL,
      data jsonb NOT NULL, metadata jsonb NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (stream, version)
    )`);
  const described = () => JSON.stringify({ eventId: randomUUID(), ...metadata() });
  return {
    single: async (writer: number, turn: number) => {
      const { stream, version } = single(writer, turn);
      const values = [
        stream,
        version,
        version + 1,
        JSON.stringify(state(turn)),
        'RunDue',
        JSON.stringify(data(turn)),
      ];
      const { rowCount } = await pool.query({
        name: 'single',
        text: RAW_SINGLE,
        values: [...values, described()],
      });
      return rowCount ?? 0;
    },
    batch: async (writer: number, turn: number) => {
      const rows = batch(writer, turn);
      const values = [
        rows.map(({ stream }) => stream),
        rows.map(({ version }) => version + 1),
        rows.map(() => JSON.stringify(state(turn))),
        rows.map(() => 'RunDue'),
        rows.map(() => JSON.stringify(data(turn))),
        rows.map(described),
      ];
      const { rowCount } = await pool.query({ name: 'batch', text: RAW_BATCH, values });
      return rowCount ?? 0;
    },
    close: () => pool.end(),
  };
}

const RAW_SINGLE = `
  WITH moved AS (
    INSERT INTO raw.streams VALUES ($1, $3, $4)
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state
    WHERE streams.version = $2 RETURNING 1
  )
  INSERT INTO raw.events (stream, version, type, data, metadata) SELECT $1, $3, $5, $6, $7 FROM moved
  RETURNING position`;
const RAW_BATCH = `
  WITH moved AS (
    INSERT INTO raw.streams SELECT * FROM unnest($1::text[], $2::int[], $3::jsonb[])
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state
    WHERE streams.version = excluded.version - 1 RETURNING 1
  )
  INSERT INTO raw.events (stream, version, type, data, metadata)
  SELECT * FROM unnest($1::text[], $2::int[], $4::text[], $5::jsonb[], $6::jsonb[])
  RETURNING position`;
