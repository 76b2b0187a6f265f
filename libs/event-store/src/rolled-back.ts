import { Announcements } from './announcements.js';
import type { Database } from './database.js';
import type { Prepared, Transaction } from './transaction.js';

/**
 * The same database, whose statements and transactions answer as ever and are then rolled back: nothing of them is kept but
 * gaps in sequences, no NOTIFY is sent, no `afterCommit` called, nothing announced. For rehearsals, in connections of
 * the same pool. `close` leaves the database open.
 */
export function rolledBack(database: Database): Database {
  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let outcome: Undone<T> | undefined;
    try {
      return await database.transaction(async (tx) => {
        outcome = new Undone(await work(tx));
        throw outcome;
      });
    } catch (error) {
      if (outcome !== undefined && error === outcome) return outcome.value;
      throw error;
    }
  }
  return {
    announcements: new Announcements(),
    schema: database.schema,
    query: <Row>(sql: string | Prepared, parameters?: readonly unknown[]) =>
      transaction((tx) => tx.query<Row>(sql, parameters)),
    transaction,
    now: () => database.now(),
    listen: (channel, onNotify) => database.listen(channel, onNotify),
    session: () => database.session(),
    close: () => Promise.resolve(),
  };
}

/** Thrown so that the transaction is rolled back. */
class Undone<T> extends Error {
  readonly value: T;

  constructor(value: T) {
    super('rolled back');
    this.value = value;
  }
}
