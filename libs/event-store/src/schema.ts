import type { Migration } from './migrations.js';

/** Positions per partition of `events`. Fixed for good: partitions of two sizes would overlap. */
export const PARTITION_SIZE = 10_000_000;

/**
 * The tables of an event store, to be put first into a service's migrations.
 *
 * `events.tick` is the transaction's place in the causal order: never less than that of any event which its writer
 * could see. That needs `events_position` without a cache, and appends under READ COMMITTED. See docs/adr/0001.
 * Payloads are json, not jsonb: they are written once, read whole, and may hold any string that JSON may.
 */
export const eventStoreMigrations: readonly Migration[] = [
  {
    name: 'event-store-001',
    up: `
      CREATE TABLE streams (
        stream text COLLATE "C" PRIMARY KEY,
        version int NOT NULL,
        state json NOT NULL
      ) WITH (fillfactor = 80);

      CREATE SEQUENCE events_position CACHE 1;
      CREATE TABLE events (
        position bigint NOT NULL DEFAULT nextval('events_position'),
        tick bigint NOT NULL,
        stream text COLLATE "C" NOT NULL,
        version int NOT NULL,
        type text NOT NULL,
        schema_version int NOT NULL,
        data json NOT NULL,
        metadata json NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
      ) PARTITION BY RANGE (position);
      CREATE INDEX events_by_stream ON events (stream, version);
      CREATE INDEX events_by_tick ON events (tick, position);

      -- Takes what no partition was made for in time, so that an append never fails for that.
      CREATE TABLE events_default PARTITION OF events DEFAULT;

      -- The partition that is written to and the next one. A range that events_default has rows of stays there; where
      -- a long transaction is in the way, the next call does it.
      CREATE FUNCTION ensure_event_partitions() RETURNS void LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
      DECLARE
        current bigint := (SELECT last_value / ${PARTITION_SIZE} FROM events_position);
      BEGIN
        FOR number IN current .. current + 1 LOOP
          IF to_regclass('events_' || number) IS NULL THEN
            BEGIN
              EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
                'events_' || number, number * ${PARTITION_SIZE}, (number + 1) * ${PARTITION_SIZE});
            EXCEPTION WHEN check_violation OR duplicate_table OR lock_not_available THEN
              NULL;
            END;
          END IF;
        END LOOP;
      END $$;
      SELECT ensure_event_partitions();

      -- Fails the statement that appends to several streams when one of them has moved on.
      CREATE FUNCTION refuse_append() RETURNS bigint LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a stream has moved on' USING ERRCODE = 'CA001';
      END $$;

      -- Added to transaction ids to make ticks. A constant that statements inline: see align_ticks.
      CREATE FUNCTION tick_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';

      -- In a cluster that this database was restored into from a dump, transaction ids may be behind those of its
      -- events: then raises the offset, so that what is written from now on comes after what is there.
      CREATE FUNCTION align_ticks() RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        next_xid bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
        last_tick bigint := (SELECT max(tick) FROM events);
      BEGIN
        IF last_tick >= next_xid + tick_offset() THEN
          EXECUTE format('CREATE OR REPLACE FUNCTION tick_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS %L',
            format('SELECT %s::bigint', last_tick - next_xid + 1));
        END IF;
      END $$;

      -- How far each source is published: everything up to and including (tick, position).
      CREATE TABLE relay_cursors (
        source text PRIMARY KEY,
        tick bigint NOT NULL DEFAULT 0,
        position bigint NOT NULL DEFAULT 0
      );
    `,
    atStart: 'SELECT ensure_event_partitions(), align_ticks()',
  },
  {
    name: 'event-store-002',
    up: `
      -- A bound of ticks below which everything may have been published, whatever still runs: see tick.ts.
      ALTER TABLE relay_cursors ADD COLUMN final_before bigint NOT NULL DEFAULT 0;
    `,
  },
  {
    name: 'event-store-003',
    up: `
      -- What was published last on each partition, as of the cursor: see chains.ts.
      ALTER TABLE relay_cursors ADD COLUMN chains json NOT NULL DEFAULT '{"since":"0/0","last":{}}';
      UPDATE relay_cursors SET chains = json_build_object('since', tick || '/' || position, 'last', '{}'::json);
    `,
  },
];
