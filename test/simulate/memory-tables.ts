import { CarillonError } from '@carillon/event-sourcing';
import type { Part } from './virtual-clock.js';

/** A statement has to wait until this transaction has ended; then it looks anew, as under READ COMMITTED. */
export class Blocked extends Error {
  readonly by: MemoryTransaction;

  constructor(by: MemoryTransaction) {
    super('waits for another transaction');
    this.by = by;
  }
}

interface Lock {
  exclusive: MemoryTransaction | undefined;
  /** None for most. */
  shared: Set<MemoryTransaction> | undefined;
}

/** Of a row that the transaction itself had written; the row is absent where it had removed it. */
type Own = { readonly row: object | undefined } | undefined;

type Follower<Row> = (key: string, before: Row | undefined, after: Row | undefined) => void;

/** Committed rows by primary key, and who has locked which. Rows are never changed, only replaced. */
export class Table<Row extends object> {
  readonly rows = new Map<string, Row>();
  readonly locks = new Map<string, Lock>();
  readonly #followers: Follower<Row>[] = [];

  put(key: string, row: Row | undefined): void {
    const before = this.rows.get(key);
    if (row === undefined) this.rows.delete(key);
    else this.rows.set(key, row);
    for (const follow of this.#followers) follow(key, before, row);
  }

  /** Calls back for each row that there is, and for each change: for indexes. */
  follow(follower: Follower<Row>): void {
    for (const [key, row] of this.rows) follower(key, undefined, row);
    this.#followers.push(follower);
  }

  isLocked(key: string, for_: MemoryTransaction): boolean {
    const lock = this.locks.get(key);
    if (lock === undefined) return false;
    if (lock.exclusive !== undefined && lock.exclusive !== for_) return true;
    for (const other of lock.shared ?? []) if (other !== for_) return true;
    return false;
  }
}

/** An event as its table has it. Positions and ticks are numbers here: the simulation stays far below 2^53. */
export interface EventRow {
  readonly tick: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
  readonly metadata: object;
  readonly recordedAt: number;
}

/**
 * Its state is kept as the text that was written, which is a fraction of what it says in size and in work for the garbage
 * collector, and each reader gets a copy of his own, as from a driver.
 */
export class StreamRow {
  readonly stream: string;
  readonly version: number;
  readonly text: string;

  constructor(stream: string, version: number, text: string) {
    this.stream = stream;
    this.version = version;
    this.text = text;
  }

  get state(): unknown {
    return JSON.parse(this.text) as unknown;
  }
}

/** Its data is text, as the states of streams are. */
export interface KeptEvent extends Omit<EventRow, 'data'> {
  readonly text: string;
}

/** The tables of one service. */
export class Schema {
  readonly name: string;
  readonly streams = new Table<StreamRow>();
  /** Committed, in the order of (tick, position). */
  events: EventRow[] = [];
  readonly eventsOfStream = new Map<string, KeptEvent[]>();
  /** Whether the events of a stream are kept for who asks for them by stream. */
  keepsEventsOf: (stream: string) => boolean = () => false;
  lastPosition = 0;
  readonly #tables = new Map<string, Table<object>>();
  readonly #sequences = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  table<Row extends object>(name: string): Table<Row> {
    const known = this.#tables.get(name);
    if (known) return known as unknown as Table<Row>;
    const made = new Table<Row>();
    this.#tables.set(name, made as unknown as Table<object>);
    return made;
  }

  /** The next number of a sequence, which a rollback does not give back. */
  takeSequence(name: string): number {
    const taken = (this.#sequences.get(name) ?? 0) + 1;
    this.#sequences.set(name, taken);
    return taken;
  }

  /** Where the events begin that are later than a place. */
  indexAfter(tick: number, position: number): number {
    let low = 0;
    for (let high = this.events.length; low < high; ) {
      const middle = (low + high) >> 1;
      const event = this.events[middle] as EventRow;
      if (event.tick < tick || (event.tick === tick && event.position <= position)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(event: EventRow): void {
    const last = this.events.at(-1);
    if (last === undefined || isEarlier(last, event)) this.events.push(event);
    else this.events.splice(this.indexAfter(event.tick, event.position), 0, event);
    if (!this.keepsEventsOf(event.stream)) return;
    const { data, ...row } = event;
    const kept = { ...row, text: JSON.stringify(data) };
    const ofStream = this.eventsOfStream.get(event.stream);
    if (ofStream) ofStream.push(kept);
    else this.eventsOfStream.set(event.stream, [kept]);
  }
}

const isEarlier = (a: EventRow, b: EventRow) =>
  a.tick < b.tick || (a.tick === b.tick && a.position < b.position);

export class MemoryTransaction {
  readonly schema: Schema;
  readonly part: Part | undefined;
  /** Taken by the first write or row lock. */
  xid: number | undefined;
  ended: 'committed' | 'rolled back' | undefined;
  /** A statement failed: nothing but a rollback is possible. */
  failed = false;
  /** It was told that another has taken its place or its right to lead: it must not commit. */
  overtaken: string | undefined;
  waitsFor: MemoryTransaction | undefined;
  readonly writes = new Map<Table<object>, Map<string, object | undefined>>();
  readonly events: EventRow[] = [];
  readonly notices = new Map<string, string[]>();
  #blocked: Blocked | undefined;
  readonly #held: { readonly table: Table<object>; readonly key: string }[] = [];
  readonly #waiting: (() => void)[] = [];
  /** What the statement at work has written, and what was there before it. */
  #written: { readonly own: Map<string, object | undefined>; readonly key: string; readonly before: Own }[] =
    [];

  constructor(schema: Schema, part: Part | undefined) {
    this.schema = schema;
    this.part = part;
  }

  read<Row extends object>(table: Table<Row>, key: string): Row | undefined {
    const own = this.writes.size === 0 ? undefined : this.writes.get(table as unknown as Table<object>);
    return own?.has(key) ? (own.get(key) as Row | undefined) : table.rows.get(key);
  }

  /** All rows as this transaction sees them. */
  *scan<Row extends object>(table: Table<Row>): Iterable<[string, Row]> {
    const own = this.writes.get(table as unknown as Table<object>);
    for (const [key, row] of table.rows) if (!own?.has(key)) yield [key, row];
    for (const [key, row] of own ?? []) if (row !== undefined) yield [key, row as Row];
  }

  write<Row extends object>(table: Table<Row>, key: string, row: Row | undefined): void {
    this.lock(table, key);
    const plain = table as unknown as Table<object>;
    const own = this.writes.get(plain) ?? new Map<string, object | undefined>();
    this.writes.set(plain, own);
    this.#written.push({ own, key, before: own.has(key) ? { row: own.get(key) } : undefined });
    own.set(key, row);
  }

  /** One statement: when it has to wait, or fails, what it has written so far is gone; its locks stay. */
  statement<T>(act: () => T): T {
    this.#written = [];
    const events = this.events.length;
    try {
      return act();
    } catch (error) {
      for (const { own, key, before } of this.#written.reverse()) {
        if (before) own.set(key, before.row);
        else own.delete(key);
      }
      this.events.length = events;
      throw error;
    }
  }

  /** Throws Blocked while another has it in a way that excludes this. */
  lock<Row extends object>(table: Table<Row>, key: string, mode: 'exclusive' | 'share' = 'exclusive'): void {
    const known = table.locks.get(key);
    if (known?.exclusive === this) return;
    if (known?.exclusive !== undefined) throw known.exclusive.blocked;
    const lock = known ?? { exclusive: undefined, shared: undefined };
    if (mode === 'exclusive') {
      for (const other of lock.shared ?? []) if (other !== this) throw other.blocked;
      lock.exclusive = this;
    } else (lock.shared ??= new Set()).add(this);
    if (known === undefined) table.locks.set(key, lock);
    this.#held.push({ table: table as unknown as Table<object>, key });
  }

  /** What whoever has to wait for this transaction is told; where it was found out is of no interest, and dear. */
  get blocked(): Blocked {
    if (this.#blocked) return this.#blocked;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    this.#blocked = new Blocked(this);
    Error.stackTraceLimit = stackTraceLimit;
    return this.#blocked;
  }

  /** Calls back when this transaction has ended. */
  whenEnded(wake: () => void): void {
    this.#waiting.push(wake);
  }

  end(how: 'committed' | 'rolled back'): void {
    this.ended = how;
    for (const { table, key } of this.#held) {
      const lock = table.locks.get(key);
      if (lock === undefined) continue;
      if (lock.exclusive === this) lock.exclusive = undefined;
      lock.shared?.delete(this);
      if (lock.exclusive === undefined && !lock.shared?.size) table.locks.delete(key);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Whether waiting for `other` would wait for this very transaction. */
  isWaitedForBy(other: MemoryTransaction): boolean {
    for (let next: MemoryTransaction | undefined = other; next; next = next.waitsFor) {
      if (next === this) return true;
    }
    return false;
  }
}

/** Two transactions in each other's way: PostgreSQL ends this one. */
export const deadlock = () =>
  new CarillonError('conflict', 'concurrencyConflict', 'another transaction was in the way');
