import { isDeepStrictEqual } from 'node:util';
import { type Decider, type DomainEvent, replay } from '@carillon/event-sourcing';
import type { EventStore } from './event-store.js';

export interface Rebuilt {
  readonly streams: number;
  /** Streams whose state was not what their events lead to. */
  readonly differing: readonly string[];
}

const PAGE = 200;

/** One short statement per stream: the relay waits for writers. A stream that moves on meanwhile is tried again. */
export async function rebuild<S, E extends DomainEvent>(
  store: EventStore,
  { category, decider }: { category: string; decider: Pick<Decider<S, never, E>, 'initialState' | 'evolve'> },
  { repair }: { repair: boolean },
): Promise<Rebuilt> {
  const differing: string[] = [];
  let streams = 0;
  for (let after = `${category}-`; ; ) {
    const rows = await store.database.query<StreamRow>(
      `SELECT stream, version, state FROM streams WHERE stream > $1 AND stream < $2 ORDER BY stream LIMIT $3`,
      [after, `${category}.`, PAGE], // '.' follows '-' in collation "C"
    );
    for (const row of rows) {
      streams += 1;
      if (!(await agrees(store, decider, row, repair))) differing.push(row.stream);
      after = row.stream;
    }
    if (rows.length < PAGE) return { streams, differing };
  }
}

interface StreamRow {
  stream: string;
  version: number;
  state: unknown;
}

async function agrees<S, E extends DomainEvent>(
  store: EventStore,
  decider: Pick<Decider<S, never, E>, 'initialState' | 'evolve'>,
  row: StreamRow,
  repair: boolean,
): Promise<boolean> {
  const rebuilt: unknown = JSON.parse(JSON.stringify(await replayStream(store, decider, row)));
  const values = store.columns.map((column) => column.of(rebuilt));
  if (isDeepStrictEqual(rebuilt, row.state) && (await columnsAgree(store, row, values))) return true;
  if (!repair) return false;
  const changes = store.columns.map(({ name, type }, index) => `, ${name} = $${4 + index}::${type}`).join('');
  const written = await store.database.query(
    `UPDATE streams SET state = $3${changes} WHERE stream = $1 AND version = $2 RETURNING 1`,
    [row.stream, row.version, JSON.stringify(rebuilt), ...values],
  );
  if (written.length > 0) return false;
  const [newer] = await store.database.query<StreamRow>(
    'SELECT stream, version, state FROM streams WHERE stream = $1',
    [row.stream],
  );
  return newer ? agrees(store, decider, newer, repair) : true;
}

/** Also when the stream has moved on: then its state differs, too, or it is looked at again. */
async function columnsAgree(
  { database, columns }: EventStore,
  { stream, version }: StreamRow,
  values: readonly (string | null)[],
): Promise<boolean> {
  if (columns.length === 0) return true;
  const differ = columns
    .map(({ name, type }, index) => `${name} IS DISTINCT FROM $${3 + index}::${type}`)
    .join(' OR ');
  const sql = `SELECT 1 FROM streams WHERE stream = $1 AND version = $2 AND (${differ})`;
  return (await database.query(sql, [stream, version, ...values])).length === 0;
}

async function replayStream<S, E extends DomainEvent>(
  store: EventStore,
  decider: Pick<Decider<S, never, E>, 'initialState' | 'evolve'>,
  { stream, version }: StreamRow,
): Promise<S> {
  let state = decider.initialState();
  for (let read = 0; read < version; ) {
    const events = await store.readStream(stream, read, Math.min(1_000, version - read));
    if (events.length === 0) throw new Error(`${stream} has ${read} events but is at version ${version}`);
    state = replay(decider, events as unknown as E[], state);
    read += events.length;
  }
  return state;
}
