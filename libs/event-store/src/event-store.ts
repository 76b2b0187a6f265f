import { CarillonError, concurrencyConflict } from '@carillon/event-sourcing';
import { currentTraceContext, randomUuid } from '@carillon/service-runtime';
import { type Append, type AppendStatements, appendStatements, type StateColumn } from './append.js';
import { AppendParameters, type EventToStore, json } from './append-parameters.js';
import type { Database } from './database.js';
import { EVENT_COLUMNS, type EventRow, type GivenMetadata, type StoredEvent } from './stored-event.js';
import { prepared, type Prepared, type Transaction } from './transaction.js';
import { currentSchemaVersion, toStoredEvent, type Upcasters } from './upcasters.js';

export interface LoadedState {
  /** 0 when the stream does not exist. */
  readonly version: number;
  readonly state: unknown;
}

/** Announced by the database after each commit that appended. */
export const APPENDED = 'appended';

const LOAD = prepared('SELECT stream, version, state FROM streams WHERE stream = ANY($1::text[])');
/** A row for each that was asked for, with the time: a command that needs both waits for one statement. */
const LOAD_AT = prepared(`
  SELECT asked.stream, s.version, s.state, (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8) AS now
  FROM unnest($1::text[]) AS asked (stream) LEFT JOIN streams s USING (stream)`);
const READ = prepared(
  `SELECT ${EVENT_COLUMNS} FROM events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3`,
);

/** Streams of events in one service's database, each with the state that its events lead to beside it. */
export class EventStore {
  readonly database: Database;
  /** Of `streams`, beside the state and written with it. */
  readonly columns: readonly StateColumn[];
  readonly #upcasters: Upcasters;
  readonly #statements: AppendStatements;

  constructor(
    database: Database,
    { upcasters = {}, columns = [] }: { upcasters?: Upcasters; columns?: readonly StateColumn[] } = {},
  ) {
    this.database = database;
    this.columns = columns;
    this.#upcasters = upcasters;
    this.#statements = appendStatements(columns);
  }

  /**
   * Appends to all of the streams or to none, in one statement. A stream may be named once. Throws
   * concurrencyConflict when one of them is not at its expected version. Without a transaction the append is on disk
   * when this returns. Returns the events in the order given.
   */
  async append(
    tx: Transaction | undefined,
    appends: readonly Append[],
    metadata: GivenMetadata = {},
  ): Promise<StoredEvent[]> {
    const wanted = appends.filter(({ events }) => events.length > 0);
    const [first] = wanted;
    if (!first) return [];
    const common = { ...currentTraceContext(), ...metadata };
    const events = wanted.flatMap((append) => this.#toStore(append, common));
    const rows =
      wanted.length === 1
        ? await this.#write(tx, ...this.#toOne(first, events))
        : await this.#write(tx, this.#statements.many, this.#toMany(wanted, events));
    if (rows.length !== events.length) throw concurrencyConflict(first.stream, first.expectedVersion);
    if (tx) tx.afterCommit(() => this.database.announcements.announce(APPENDED));
    else this.database.announcements.announce(APPENDED);
    return events.map((event, index) => {
      const row = rows[index];
      return { ...event, position: row?.position ?? '', recordedAt: row?.recorded_at ?? 0 };
    });
  }

  /**
   * As `append`, for who does not need the events back and has locked the streams, or gives them in the order of their
   * names, in which two batches wait for each other instead of locking up. Of many streams that is quicker. Each append is
   * written out when it is taken, so that a large batch need not be in memory at once.
   */
  async record(tx: Transaction, appends: Iterable<Append>): Promise<void> {
    const common = currentTraceContext();
    const parameters = new AppendParameters(this.columns);
    let someNew = false;
    for (const append of appends) {
      if (append.events.length === 0) continue;
      someNew ||= append.expectedVersion === 0;
      parameters.addStream(append);
      for (const event of this.#toStore(append, common)) parameters.addEvent(event);
    }
    if (parameters.streams === 0) return;
    const { toExisting, toSomeNew } = this.#statements.record;
    await this.#write(tx, someNew ? toSomeNew : toExisting, parameters.all());
    tx.afterCommit(() => this.database.announcements.announce(APPENDED));
  }

  /** The states of those streams that exist. */
  async loadStates(
    tx: Transaction | undefined,
    streams: readonly string[],
  ): Promise<Map<string, LoadedState>> {
    const rows = await (tx ?? this.database).query<LoadedState & { stream: string }>(LOAD, [streams]);
    return new Map(rows.map(({ stream, version, state }) => [stream, { version, state }]));
  }

  /** As `loadStates`, and of one stream at least, with the database's clock, epoch milliseconds, as it was then. */
  async loadStatesAt(
    tx: Transaction | undefined,
    streams: readonly string[],
  ): Promise<{ readonly now: number; readonly states: Map<string, LoadedState> }> {
    const rows = await (tx ?? this.database).query<{
      stream: string;
      version: number | null;
      state: unknown;
      now: number;
    }>(LOAD_AT, [streams]);
    const states = rows.flatMap(({ stream, version, state }) =>
      version === null ? [] : [[stream, { version, state }] as const],
    );
    return { now: rows[0]?.now ?? Number.NaN, states: new Map(states) };
  }

  /** Events of one stream in order, upcast. */
  async readStream(stream: string, afterVersion = 0, limit = 1_000): Promise<StoredEvent[]> {
    const rows = await this.database.query<EventRow>(READ, [stream, afterVersion, limit]);
    return rows.map((row) => toStoredEvent(row, this.#upcasters));
  }

  #toStore({ stream, expectedVersion, events }: Append, common: GivenMetadata): EventToStore[] {
    return events.map(({ type, data, metadata }, index) => ({
      stream,
      version: expectedVersion + index + 1,
      type,
      schemaVersion: currentSchemaVersion(this.#upcasters, type),
      data,
      metadata: { eventId: randomUuid(), ...common, ...metadata },
    }));
  }

  #toOne({ stream, expectedVersion, state }: Append, events: readonly EventToStore[]): [Prepared, unknown[]] {
    const sql = events.length === 1 ? this.#statements.one : this.#statements.some;
    const [only] = events;
    return [
      expectedVersion === 0 ? sql.toNew : sql.toExisting,
      [
        stream,
        expectedVersion + events.length,
        json(state),
        expectedVersion,
        ...(only && events.length === 1
          ? [only.type, only.schemaVersion, json(only.data), json(only.metadata)]
          : this.#parametersOf([], events).ofEvents()),
        ...this.columns.map((column) => column.of(state)),
      ],
    ];
  }

  /** In the order of their names, so that two batches with the same streams wait for each other instead of locking up. */
  #toMany(appends: readonly Append[], events: readonly EventToStore[]): unknown[] {
    const streams = [...appends].sort((a, b) => (a.stream < b.stream ? -1 : 1));
    return this.#parametersOf(streams, events).all();
  }

  #parametersOf(streams: readonly Append[], events: readonly EventToStore[]): AppendParameters {
    const parameters = new AppendParameters(this.columns);
    for (const append of streams) parameters.addStream(append);
    for (const event of events) parameters.addEvent(event);
    return parameters;
  }

  async #write(tx: Transaction | undefined, sql: Prepared, parameters: readonly unknown[]) {
    try {
      return await (tx ?? this.database).query<Pick<EventRow, 'position' | 'recorded_at'>>(sql, parameters);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'CA001') {
        throw new CarillonError(
          'conflict',
          'concurrencyConflict',
          'one of several streams moved on',
          {},
          error,
        );
      }
      throw error;
    }
  }
}
