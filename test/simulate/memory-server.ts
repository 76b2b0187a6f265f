import type { Connection } from './connection.js';
import { unavailable } from '@carillon/event-sourcing';
import type { Prepared } from '@carillon/event-store';
import { Blocked, deadlock, MemoryTransaction, Schema, type Table } from './memory-tables.js';
import type { Random } from './random.js';
import { modelOf } from './statements/statements.js';
import { asError, Violation } from './violation.js';
import type { Part, VirtualClock } from './virtual-clock.js';

interface Unflushed {
  readonly table: Table<object>;
  readonly key: string;
  readonly before: object | undefined;
  readonly at: number;
}

/** As the real connections have them (libs/event-store). */
const STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 10_000;
/** Asynchronous commits reach the disk within three times wal_writer_delay. */
const FLUSHED_AFTER_MS = 600;

export const away = () => unavailable('databaseUnavailable', 'the database does not answer');

/**
 * One PostgreSQL, as far as what is sent to it needs: READ COMMITTED with row locks that are waited for, transaction ids
 * and snapshots, session and advisory locks, NOTIFY at the commit, its own clock, and what is lost when it crashes.
 * What each statement does is in `statements`.
 */
export class MemoryServer {
  readonly clock: VirtualClock;
  readonly schemas = new Map<string, Schema>();
  readonly connections = new Set<Connection>();
  /** Told of each transaction that committed and wrote something. */
  onCommit: (transaction: MemoryTransaction) => void = () => undefined;
  /** Asked before a transaction's changes are there; what it throws ends the simulation. */
  beforeCommit: (transaction: MemoryTransaction) => void = () => undefined;
  /** What its clock is ahead of the true one. */
  clockOffsetMs = 0;
  /** Nothing becomes due any more: for the end, when what is under way is to come to rest. */
  holdsClocks = false;
  statements = 0;
  isAway = false;
  #nextXid = 1_000;
  #lastEndedXid = 999;
  readonly #running = new Set<MemoryTransaction>();
  readonly #advisory = new Map<string, Connection>();
  readonly #random: Random;
  readonly #latencyMs: () => number;
  #unflushed: Unflushed[] = [];

  constructor(clock: VirtualClock, latencyMs?: (random: Random) => number) {
    this.clock = clock;
    const random = clock.random.fork();
    this.#random = random;
    this.#latencyMs = latencyMs ? () => latencyMs(random) : () => 0.05 + 0.4 * random.next();
  }

  /** Whole epoch milliseconds. */
  get now(): number {
    return Math.floor(this.clock.now + this.clockOffsetMs);
  }

  schema(name: string): Schema {
    const known = this.schemas.get(name) ?? new Schema(name);
    this.schemas.set(name, known);
    return known;
  }

  /** Above it no transaction has ended. */
  get snapshotXmax(): number {
    return this.#lastEndedXid + 1;
  }

  /** Below it all have ended. */
  get snapshotXmin(): number {
    let oldest = this.snapshotXmax;
    for (const { xid } of this.#running) if (xid !== undefined && xid < oldest) oldest = xid;
    return oldest;
  }

  /** The ids of those that run and have an id below the snapshot's end. */
  *running(): Iterable<MemoryTransaction & { readonly xid: number }> {
    for (const transaction of this.#running) {
      if (transaction.xid !== undefined && transaction.xid < this.snapshotXmax) {
        yield transaction as MemoryTransaction & { readonly xid: number };
      }
    }
  }

  takeXid(transaction: MemoryTransaction): number {
    if (transaction.xid === undefined) {
      transaction.xid = this.#nextXid;
      this.#nextXid += 1;
      this.#running.add(transaction);
    }
    return transaction.xid;
  }

  open(part: Part, schema: Schema): Connection {
    const connection: Connection = {
      ...{ part, schema, broken: this.isAway, transaction: undefined },
      ...{ channels: new Set<string>(), advisoryLocks: new Set<string>() },
    };
    this.connections.add(connection);
    return connection;
  }

  /** Its transaction rolls back, its locks and its LISTENs go. */
  close(connection: Connection): void {
    connection.broken = true;
    if (connection.transaction && !connection.transaction.ended) this.rollback(connection.transaction);
    for (const key of connection.advisoryLocks) this.#advisory.delete(key);
    connection.advisoryLocks.clear();
    this.connections.delete(connection);
    const { onBroken, part } = connection;
    if (onBroken) this.clock.after(this.#latencyMs(), part, onBroken);
  }

  tryAdvisoryLock(connection: Connection, key: string): boolean {
    const holder = this.#advisory.get(key);
    if (holder !== undefined && holder !== connection) return false;
    this.#advisory.set(key, connection);
    connection.advisoryLocks.add(key);
    return true;
  }

  /** Goes to the server and back; between the two the part may die, and the server as well. */
  request<T>(connection: Connection, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let gaveUp = false;
      const answer = (settle: () => void) =>
        this.clock.after(this.#latencyMs(), connection.part, () => {
          if (connection.broken) reject(away());
          else settle();
        });
      const attempt = () => {
        if (gaveUp) return;
        if (connection.broken || this.isAway) {
          this.clock.after(1 + this.#latencyMs(), connection.part, () => reject(away()));
          return;
        }
        const { transaction } = connection;
        try {
          const result = act();
          answer(() => resolve(result));
        } catch (error) {
          if (error instanceof Violation) throw error;
          if (!(error instanceof Blocked)) {
            if (transaction) transaction.failed = true;
            answer(() => reject(asError(error)));
            return;
          }
          if (transaction === undefined) {
            error.by.whenEnded(() => this.clock.after(0, undefined, attempt));
            return;
          }
          if (transaction.isWaitedForBy(error.by)) {
            transaction.failed = true;
            answer(() => reject(deadlock()));
            return;
          }
          transaction.waitsFor = error.by;
          const timeout = this.clock.after(STATEMENT_TIMEOUT_MS, undefined, () => {
            gaveUp = true;
            transaction.failed = true;
            transaction.waitsFor = undefined;
            answer(() => reject(away()));
          });
          error.by.whenEnded(() => {
            transaction.waitsFor = undefined;
            timeout.work = undefined;
            this.clock.after(0, undefined, attempt);
          });
        }
      };
      this.clock.after(this.#latencyMs(), undefined, attempt);
    });
  }

  begin(connection: Connection): MemoryTransaction {
    const transaction = new MemoryTransaction(connection.schema, connection.part);
    connection.transaction = transaction;
    return transaction;
  }

  execute(connection: Connection, sql: string | Prepared, parameters: readonly unknown[] = []): object[] {
    const { transaction } = connection;
    this.statements += 1;
    if (transaction === undefined) {
      const own = this.begin(connection);
      try {
        const rows = this.#run(connection, own, sql, parameters);
        this.commit(connection);
        return rows;
      } finally {
        this.rollback(own);
        connection.transaction = undefined;
      }
    }
    if (transaction.ended || transaction.failed) throw new Error('the transaction is aborted');
    return this.#run(connection, transaction, sql, parameters);
  }

  #run(
    connection: Connection,
    transaction: MemoryTransaction,
    sql: string | Prepared,
    parameters: readonly unknown[],
  ) {
    const { schema } = connection;
    const snapshotXmax = this.snapshotXmax;
    const call = { server: this, connection, transaction, schema, snapshotXmax, now: this.now, parameters };
    return transaction.statement(() => modelOf(sql)(call));
  }

  commit(connection: Connection): void {
    const { transaction } = connection;
    if (transaction === undefined || transaction.ended || transaction.failed) {
      throw new Error('a statement of the transaction failed and was ignored');
    }
    this.beforeCommit(transaction);
    if (!connection.asyncCommits && transaction.xid !== undefined) this.#unflushed = [];
    for (const [table, rows] of transaction.writes) {
      for (const [key, row] of rows) {
        if (connection.asyncCommits) this.#rememberUnflushed(table, key);
        table.put(key, row);
      }
    }
    for (const event of transaction.events) transaction.schema.add(event);
    this.#end(transaction, 'committed');
    connection.transaction = undefined;
    for (const [channel, payloads] of transaction.notices) this.#notify(channel, payloads);
    if (transaction.xid !== undefined) this.onCommit(transaction);
  }

  rollback(transaction: MemoryTransaction): void {
    if (!transaction.ended) this.#end(transaction, 'rolled back');
  }

  /** All that is connected is cut off; what was not committed is gone. */
  crash(forMs: number): void {
    this.isAway = true;
    for (const connection of [...this.connections]) this.close(connection);
    this.#flush();
    for (const { table, key, before } of this.#unflushed.splice(0).reverse()) table.put(key, before);
    this.clock.after(forMs, undefined, () => {
      this.isAway = false;
    });
  }

  /** The process is gone: the server notices sooner or later. */
  partDied(part: Part): void {
    this.clock.after(this.#random.between(0, 300), undefined, () => {
      for (const connection of [...this.connections]) if (connection.part === part) this.close(connection);
    });
  }

  /** A process that says nothing loses its transactions, and sessions that asked for that. */
  partPaused(part: Part): void {
    for (const connection of this.connections) {
      if (connection.part !== part) continue;
      const limitMs = connection.idleMs ?? (connection.transaction ? IDLE_TRANSACTION_TIMEOUT_MS : undefined);
      if (limitMs === undefined) continue;
      this.clock.after(limitMs, undefined, () => {
        if (part.paused && this.connections.has(connection)) this.close(connection);
      });
    }
  }

  #rememberUnflushed(table: Table<object>, key: string): void {
    this.#flush();
    this.#unflushed.push({ table, key, before: table.rows.get(key), at: this.clock.now });
  }

  /** What is older than that has come to the disk by now. */
  #flush(): void {
    const from = this.#unflushed.findIndex(({ at }) => at > this.clock.now - FLUSHED_AFTER_MS);
    this.#unflushed.splice(0, from < 0 ? this.#unflushed.length : from);
  }

  #end(transaction: MemoryTransaction, how: 'committed' | 'rolled back'): void {
    this.#running.delete(transaction);
    if (transaction.xid !== undefined) this.#lastEndedXid = Math.max(this.#lastEndedXid, transaction.xid);
    transaction.end(how);
  }

  #notify(channel: string, payloads: readonly string[]): void {
    for (const connection of this.connections) {
      const { onNotice, part } = connection;
      if (onNotice === undefined || !connection.channels.has(channel)) continue;
      for (const payload of new Set(payloads)) {
        this.clock.after(this.#latencyMs(), part, () => {
          if (!connection.broken) onNotice(channel, payload);
        });
      }
    }
  }
}
