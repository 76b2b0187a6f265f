import type { DomainEvent } from '@carillon/event-sourcing';
import { RECORDED_AT, type GivenMetadata } from './stored-event.js';
import { TICK } from './tick.js';
import { type Prepared, prepared } from './transaction.js';

export interface AppendedEvent<E extends DomainEvent = DomainEvent> {
  readonly type: E['type'];
  readonly data: E['data'];
  /** Wins over the metadata given for the whole append. */
  readonly metadata?: GivenMetadata;
}

export interface Append {
  readonly stream: string;
  /** 0: the stream must not exist yet. */
  readonly expectedVersion: number;
  readonly events: readonly AppendedEvent[];
  /** What the stream's events lead to, these included. */
  readonly state: unknown;
}

/** JSON documents one to a line, which none contains: quoting each as an element of an array costs the client more. */
const LINES = (parameter: string) => `string_to_array(${parameter}::text, E'\\n')::json[]`;

const INSERT = 'INSERT INTO events (tick, stream, version, type, schema_version, data, metadata)';
const RETURNING = `RETURNING position, ${RECORDED_AT}`;

/**
 * A column of a service's own beside the state of a stream, written together with it: what is searched or indexed need
 * not be parsed out of the state by the database, over and over.
 */
export interface StateColumn<S = unknown> {
  readonly name: string;
  /** Of PostgreSQL; values are cast to it from text. */
  readonly type: string;
  of(state: S): string | null;
}

/** The statements of one store. The values of its columns are their last parameters. */
export interface AppendStatements {
  readonly one: ToStream;
  readonly some: ToStream;
  readonly many: Prepared;
  /** To many, for who does not ask where the events are: all of them exist, or some are new. */
  readonly record: { readonly toExisting: Prepared; readonly toSomeNew: Prepared };
}

interface ToStream {
  readonly toNew: Prepared;
  readonly toExisting: Prepared;
}

export function appendStatements(columns: readonly StateColumn[]): AppendStatements {
  return {
    one: toStream(columns, 9, oneEvent),
    some: toStream(columns, 9, someEvents),
    many: toManyStreams(columns, RETURNING),
    record: { toExisting: toExistingStreams(columns), toSomeNew: toManyStreams(columns, '') },
  };
}

/** $1 stream, $2 new version, $3 state, $4 expected version; the columns from `first` on. */
function toStream(
  columns: readonly StateColumn[],
  first: number,
  statement: (guard: string) => Prepared,
): ToStream {
  const names = columns.map(({ name }) => `, ${name}`).join('');
  const values = columns.map(({ type }, index) => `, $${first + index}::${type}`).join('');
  const changes = columns.map(({ name, type }, index) => `, ${name} = $${first + index}::${type}`).join('');
  return {
    toNew: statement(`
      INSERT INTO streams (stream, version, state${names}) SELECT $1, $2, $3${values} WHERE $4::int = 0
      ON CONFLICT DO NOTHING`),
    toExisting: statement(
      `UPDATE streams SET version = $2, state = $3${changes} WHERE stream = $1 AND version = $4`,
    ),
  };
}

/** $5–$8 type, schema version, data, metadata. */
const oneEvent = (guard: string) =>
  prepared(`
    WITH moved AS (${guard} RETURNING 1)
    ${INSERT} SELECT ${TICK}, $1, $2, $5, $6::int, $7, $8 FROM moved
    ${RETURNING}`);

/** As above for several events; $5 and $6 are arrays, $7 and $8 lines. */
const someEvents = (guard: string) =>
  prepared(`
    WITH moved AS (${guard} RETURNING 1)
    ${INSERT} SELECT (SELECT ${TICK}), $1, $4 + e.n, e.type, e.schema_version, e.data, e.metadata
    FROM moved, unnest($5::text[], $6::int[], ${LINES('$7')}, ${LINES('$8')})
                WITH ORDINALITY AS e (type, schema_version, data, metadata, n)
    ${RETURNING}`);

/** $1–$4 streams, expected versions, new versions, states; $5–$10 the events; $11 the number of streams. */
function toManyStreams(columns: readonly StateColumn[], returning: string): Prepared {
  const names = columns.map(({ name }) => `, ${name}`).join('');
  const arrays = columns.map((_, index) => `, $${12 + index}::text[]`).join('');
  const values = columns.map(({ name, type }) => `, ${name}::${type}`).join('');
  const changes = columns.map(({ name, type }) => `, ${name} = w.${name}::${type}`).join('');
  return prepared(`
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], ${LINES('$4')}${arrays})
      AS w (stream, expected, version, state${names})
  ), created AS (
    INSERT INTO streams (stream, version, state${names})
    SELECT stream, version, state${values} FROM wanted WHERE expected = 0
    ON CONFLICT DO NOTHING RETURNING 1
  ), moved AS (
    UPDATE streams s SET version = w.version, state = w.state${changes}
    FROM wanted w WHERE w.expected > 0 AND s.stream = w.stream AND s.version = w.expected RETURNING 1
  )
  ${INSERT}
  SELECT (SELECT CASE WHEN (SELECT count(*) FROM created) + (SELECT count(*) FROM moved) = $11
                 THEN ${TICK} ELSE refuse_append() END), e.*
  FROM unnest($5::text[], $6::int[], $7::text[], $8::int[], ${LINES('$9')}, ${LINES('$10')}) AS e
  ${returning}`);
}

/** Lines as rows: no array of JSON documents is built, each is read where it is stored. */
const ROWS = (parameter: string) => `string_to_table(${parameter}::text, E'\\n')`;

/**
 * As above, but nothing is returned; and what is wanted is read once and not kept. The limit says to the planner that
 * these are few beside the streams, so that it does not read all of those.
 */
function toExistingStreams(columns: readonly StateColumn[]): Prepared {
  const names = columns.map(({ name }) => `, ${name}`).join('');
  const arrays = columns.map((_, index) => `, unnest($${12 + index}::text[])`).join('');
  const changes = columns.map(({ name, type }) => `, ${name} = w.${name}::${type}`).join('');
  return prepared(`
  WITH moved AS (
    UPDATE streams s SET version = w.version, state = w.state::json${changes}
    FROM (SELECT * FROM ROWS FROM (unnest($1::text[], $2::int[], $3::int[]), ${ROWS('$4')}${arrays})
                   AS w (stream, expected, version, state${names}) LIMIT $11) AS w
    WHERE s.stream = w.stream AND s.version = w.expected RETURNING 1
  )
  ${INSERT}
  SELECT (SELECT CASE WHEN (SELECT count(*) FROM moved) = $11 THEN ${TICK} ELSE refuse_append() END),
         e.stream, e.version, e.type, e.schema_version, e.data::json, e.metadata::json
  FROM ROWS FROM (unnest($5::text[], $6::int[], $7::text[], $8::int[]), ${ROWS('$9')}, ${ROWS('$10')})
       AS e (stream, version, type, schema_version, data, metadata)`);
}
