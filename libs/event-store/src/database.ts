import { unavailable } from '@carillon/event-sourcing';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Announcements } from './announcements.js';
import { ask, askOneOf, STATEMENT_TIMEOUT_MS } from './ask.js';
import { databaseError } from './database-errors.js';
import { listen, type Listening } from './listen.js';
import { type Migration, migrate } from './migrations.js';
import { PostgresSession, type Session } from './session.js';
import type { Prepared, Queries, Transaction } from './transaction.js';

export interface DatabaseOptions {
  url: string;
  /** Created when missing; every connection's search_path. */
  schema: string;
  /** Shown by pg_stat_activity. */
  applicationName: string;
  migrations: readonly Migration[];
  /** Connections at most, 10 unless told; listeners and relays have one more each. */
  poolSize?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 10_000;

/** The data of one service. Trouble with the connection is thrown as `unavailable`, and passes by itself. */
export interface Database extends Queries {
  /** What was committed by this process, for those who would otherwise have to poll. */
  readonly announcements: Announcements;
  readonly schema: string;
  /** Commits when `work` returns, rolls back when it throws. An `unavailable` from the commit leaves the outcome open. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The database's clock, epoch milliseconds. */
  now(): Promise<number>;
  /**
   * Calls `onNotify` with the payload of each NOTIFY on the channel, and with '' after a lost connection is back:
   * what was notified in between is gone, so look for yourself. The first connection must succeed.
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<Listening>;
  /** A connection of its own, outside the pool, for what belongs to a connection: session locks, LISTEN. */
  session(): Promise<Session>;
  close(): Promise<void>;
}

export const Database = {
  /** Connects and brings the schema up to date. Throws `unavailable` when the database does not answer in 5 s. */
  connect: (options: DatabaseOptions): Promise<Database> => PostgresDatabase.connect(options),
};

/** One PostgreSQL schema, through the pool of a TypeORM DataSource, which recovers when the database is back. */
class PostgresDatabase implements Database {
  readonly announcements = new Announcements();
  readonly schema: string;
  readonly #dataSource: DataSource;
  readonly #pool: Pool;
  readonly #connection: object;

  private constructor(dataSource: DataSource, schema: string, connection: object) {
    this.#dataSource = dataSource;
    this.schema = schema;
    this.#connection = connection;
    this.#pool = poolOf(dataSource);
  }

  static async connect(options: DatabaseOptions): Promise<PostgresDatabase> {
    if (!/^[a-z_][a-z0-9_]*$/.test(options.schema)) throw new Error(`not a schema name: ${options.schema}`);
    const connection = connectionOptions(options);
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.applicationName,
      poolSize: options.poolSize ?? 10,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      installExtensions: false,
      logging: false,
      poolErrorHandler: () => undefined, // the pool has dropped that connection already
      extra: {
        ...connection,
        pipeline: true,
        idleTimeoutMillis: 60_000,
        onConnect: ignoreErrorsBetweenQueries,
      },
    });
    await dataSource.initialize().catch(rethrow);
    const database = new PostgresDatabase(dataSource, options.schema, {
      ...connection,
      connectionString: options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: options.applicationName,
    });
    try {
      await database.transaction((tx) => migrate(tx, options.schema, options.migrations));
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  /** One statement in a transaction of its own. */
  async query<Row = Record<string, unknown>>(
    sql: string | Prepared,
    parameters?: readonly unknown[],
  ): Promise<Row[]> {
    return (await askOneOf(this.#pool, sql, parameters)).rows as Row[];
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch(rethrow);
    const hooks: (() => void)[] = [];
    let result: T;
    try {
      await ask(client, 'BEGIN');
      result = await work(transactionOn(client, hooks));
      const { command } = await ask(client, 'COMMIT');
      if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and was ignored');
    } catch (error) {
      const broken = await ask(client, 'ROLLBACK').then(
        () => false,
        () => true,
      );
      client.release(broken);
      throw error;
    }
    client.release();
    for (const hook of hooks) hook();
    return result;
  }

  async now(): Promise<number> {
    const [row] = await this.query<{ now: number }>(
      'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
    );
    if (!row) throw unavailable('databaseUnavailable', 'the database does not tell the time');
    return row.now;
  }

  listen(channel: string, onNotify: (payload: string) => void): Promise<Listening> {
    return listen(() => this.session(), channel, onNotify);
  }

  session(): Promise<Session> {
    return PostgresSession.open(this.#connection);
  }

  async close(): Promise<void> {
    if (this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }
}

function connectionOptions(options: DatabaseOptions): object {
  return {
    // As on any solid-state disk: else a batch that moves 1,000 of 100,000 streams reads them all, until its plan is generic.
    options: `-c search_path=${options.schema} -c random_page_cost=1.1`,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** TypeORM's own query runner cannot name statements: see the README. */
function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** A connection that breaks while nobody waits for an answer emits an error, which would end the process. */
function ignoreErrorsBetweenQueries(client: PoolClient): void {
  client.on('error', () => undefined);
}

function transactionOn(client: PoolClient, hooks: (() => void)[]): Transaction {
  return {
    async query<Row>(sql: string | Prepared, parameters?: readonly unknown[]): Promise<Row[]> {
      return (await ask(client, sql, parameters)).rows as Row[];
    },
    afterCommit(hook) {
      hooks.push(hook);
    },
  };
}

function rethrow(error: unknown): never {
  throw databaseError(error);
}
