import type { Connection } from '../connection.js';
import type { MemoryTransaction, Schema } from '../memory-tables.js';

/** What statements ask of the server. */
export interface StatementServer {
  /** Below it all transactions have ended. */
  readonly snapshotXmin: number;
  /** Nothing becomes due any more. */
  readonly holdsClocks: boolean;
  takeXid(transaction: MemoryTransaction): number;
  /** Those that run and have an id below the snapshot's end. */
  running(): Iterable<MemoryTransaction & { readonly xid: number }>;
  tryAdvisoryLock(connection: Connection, key: string): boolean;
}

/** One execution of a statement. */
export interface StatementCall {
  readonly server: StatementServer;
  readonly connection: Connection;
  readonly transaction: MemoryTransaction;
  readonly schema: Schema;
  /** Of its snapshot: above it no transaction had ended. */
  readonly snapshotXmax: number;
  /** The server's clock, whole milliseconds. */
  readonly now: number;
  readonly parameters: readonly unknown[];
}

/** What a statement does, all at once. Throws Blocked when it has to wait for a lock: then it is done again from the start. */
export type Model = (call: StatementCall) => object[];

/** By the text of the statements, white space aside. */
export type Models = readonly (readonly [text: RegExp, model: Model])[];

export const DONE = [{ '?column?': 1 }];
