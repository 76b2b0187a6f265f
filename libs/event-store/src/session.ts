import { pause } from '@carillon/service-runtime';
import pg from 'pg';
import { ask } from './ask.js';
import { databaseError } from './database-errors.js';
import { type Prepared, prepared, type Queries } from './transaction.js';

const CLOSE_TIMEOUT_MS = 2_000;

const ALIVE = prepared('SELECT 1 AS alive');

/** One connection that its owner keeps, with what belongs to it: session locks, settings, LISTEN. */
export interface Session extends Queries {
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  onNotification(listener: (channel: string, payload: string) => void): void;
  /** Does not wait for ever for a server that does not answer. */
  close(): Promise<void>;
}

/** Runs the first query of a session; one that fails closes it: a standby takes connections, and no LISTEN. */
export async function beginWith(session: Session, sql: string): Promise<void> {
  try {
    await session.query(sql);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Asks something now and then, only to hear an answer or to be heard, until aborted. A session that is broken ends by it. */
export async function keepAsking(session: Session, everyMs: number, until: AbortSignal): Promise<void> {
  for (;;) {
    await pause(everyMs, until);
    if (until.aborted) return;
    await session.query(ALIVE).catch(() => undefined);
  }
}

export class PostgresSession implements Session {
  readonly closed: Promise<void>;
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
    this.closed = new Promise((resolve) => client.once('end', resolve));
    client.on('error', () => undefined); // 'end' follows
  }

  static async open(connection: object): Promise<PostgresSession> {
    const session = new PostgresSession(new pg.Client(connection));
    await session.#client.connect().catch((error: unknown) => {
      throw databaseError(error);
    });
    return session;
  }

  async query<Row = Record<string, unknown>>(
    sql: string | Prepared,
    parameters?: readonly unknown[],
  ): Promise<Row[]> {
    return (await ask(this.#client, sql, parameters)).rows as Row[];
  }

  onNotification(listener: (channel: string, payload: string) => void): void {
    this.#client.on('notification', ({ channel, payload }) => listener(channel, payload ?? ''));
  }

  async close(): Promise<void> {
    await Promise.race([this.#client.end().catch(() => undefined), pause(CLOSE_TIMEOUT_MS)]);
  }
}
