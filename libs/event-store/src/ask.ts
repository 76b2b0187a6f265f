import pg from 'pg';
import { AnswerWatch } from './answer-watch.js';
import { databaseError } from './database-errors.js';
import type { Prepared } from './transaction.js';

/** The server ends a statement before the client gives up on it. */
export const STATEMENT_TIMEOUT_MS = 30_000;

const answers = new AnswerWatch(STATEMENT_TIMEOUT_MS + 5_000, hangUp);

/** Ends the connection at once: `end` waits for the answers to what a pipeline has sent. */
export function hangUp(client: pg.ClientBase): void {
  (client as unknown as { readonly connection: pg.Connection }).connection.stream.destroy();
}

export type Result = Pick<pg.QueryResult, 'rows' | 'command'>;

/** One statement on this connection. Throws what `databaseError` says; a connection that does not answer is ended. */
export function ask(
  client: pg.ClientBase,
  sql: string | Prepared,
  parameters?: readonly unknown[],
  watch = answers,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    send(client, sql, parameters, watch, (error, result) => {
      if (error) reject(databaseError(error));
      else resolve(result);
    });
  });
}

/**
 * One statement on a connection of the pool, which keeps it unless it broke. What connections say between questions is
 * for the pool's owner to hear.
 */
export function askOneOf(
  pool: pg.Pool,
  sql: string | Prepared,
  parameters?: readonly unknown[],
): Promise<Result> {
  return new Promise((resolve, reject) => {
    pool.connect((unconnected, client, release) => {
      if (!client) {
        reject(databaseError(unconnected ?? new Error('no connection')));
        return;
      }
      send(client, sql, parameters, answers, (error, result) => {
        release(isOfStatement(error) ? undefined : error);
        if (error) reject(databaseError(error));
        else resolve(result);
      });
    });
  });
}

/** After anything worse the server closes the connection. */
const isOfStatement = (error: Error | undefined) =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR';

/**
 * Not by `client.query(config)`, with its promise and its timeout: both assign a function to a property of each query,
 * and V8 allocates such functions among the old objects (`set_pretenure` in its parser). There they kept the rows of
 * every query until the next full collection: a seventh of all that pages of jobs allocated.
 */
function send(
  client: pg.ClientBase,
  sql: string | Prepared,
  parameters: readonly unknown[] | undefined,
  watch: AnswerWatch<pg.ClientBase>,
  done: (error: Error | undefined, result: Result) => void,
): void {
  const awaited = watch.asked(client);
  const answered = (error: Error | undefined, result: Result) => {
    watch.answered(awaited);
    done(error, result);
  };
  client.query(
    typeof sql === 'string'
      ? new pg.Query(sql, parameters as unknown[], answered)
      : new NamedQuery(sql, parameters as unknown[], answered),
  );
}

class NamedQuery extends pg.Query {
  declare name: string;

  constructor(
    { name, text }: Prepared,
    values: unknown[] | undefined,
    callback: (error: Error | undefined, result: Result) => void,
  ) {
    super(text, values, callback);
    this.name = name;
  }
}
