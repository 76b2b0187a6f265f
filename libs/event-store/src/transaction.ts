import { createHash } from 'node:crypto';

/** A statement that each connection parses and plans once. Only for constant SQL: it is kept for the connection's life. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

export function prepared(text: string): Prepared {
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 20), text };
}

export interface Queries {
  /** The rows of one statement, unqualified names meaning the service's own schema. bigint comes as a string. */
  query<Row = Record<string, unknown>>(
    sql: string | Prepared,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

/**
 * Statements are answered in the order in which they were asked; one may be asked before the last is answered (`together`).
 * READ COMMITTED. Ends with the work that it was given to. Keep it short: the relay waits for its writes.
 */
export interface Transaction extends Queries {
  /** Called once when the commit is done, never when it is not. Must not throw. */
  afterCommit(hook: () => void): void;
}

/**
 * Waits for statements of a transaction that do not need each other's answers, so that they go to the server and back
 * together. Throws what the first of them that fails says, in the order given, when all are answered.
 */
export async function together(...statements: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(statements)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
