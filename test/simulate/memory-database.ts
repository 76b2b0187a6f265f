import {
  Announcements,
  type Database,
  type Prepared,
  type Session,
  type Transaction,
} from '@carillon/event-store';
import type { Connection } from './connection.js';
import type { MemoryServer } from './memory-server.js';
import type { Schema } from './memory-tables.js';
import type { Part } from './virtual-clock.js';

/** How a part sees the server: the port that the services are written against. */
export class MemoryDatabase implements Database {
  readonly announcements = new Announcements();
  readonly schema: string;
  readonly #server: MemoryServer;
  readonly #tables: Schema;
  readonly #part: Part;

  constructor(server: MemoryServer, schema: string, part: Part) {
    this.schema = schema;
    this.#server = server;
    this.#tables = server.schema(schema);
    this.#part = part;
  }

  async query<Row = Record<string, unknown>>(
    sql: string | Prepared,
    parameters?: readonly unknown[],
  ): Promise<Row[]> {
    const connection = this.#server.open(this.#part, this.#tables);
    this.#server.begin(connection);
    const rows = await this.#server
      .request(connection, () => {
        const found = this.#server.execute(connection, sql, parameters);
        this.#server.commit(connection);
        return found;
      })
      .finally(() => this.#server.close(connection));
    return rows as Row[];
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const server = this.#server;
    const connection = server.open(this.#part, this.#tables);
    const transaction = server.begin(connection);
    const hooks: (() => void)[] = [];
    let asked: Promise<unknown> | undefined;
    const tx: Transaction = {
      query: <Row>(sql: string | Prepared, parameters?: readonly unknown[]) => {
        const ask = () => server.request(connection, () => server.execute(connection, sql, parameters));
        const answer = asked ? asked.then(ask, ask) : ask();
        asked = answer;
        return answer as Promise<Row[]>;
      },
      afterCommit: (hook) => void hooks.push(hook),
    };
    let result: T;
    try {
      result = await work(tx);
      await server.request(connection, () => server.commit(connection));
    } catch (error) {
      await server.request(connection, () => server.rollback(transaction)).catch(() => undefined);
      server.close(connection);
      throw error;
    }
    server.close(connection);
    for (const hook of hooks) hook();
    return result;
  }

  now(): Promise<number> {
    const connection = this.#server.open(this.#part, this.#tables);
    return this.#server
      .request(connection, () => this.#server.now)
      .finally(() => this.#server.close(connection));
  }

  async listen(channel: string, onNotify: (payload: string) => void) {
    const listener = new Listener(this.#server, this.#tables, this.#part, channel, onNotify);
    await listener.connect();
    return {
      close() {
        listener.close();
        return Promise.resolve();
      },
    };
  }

  async session(): Promise<Session> {
    const server = this.#server;
    const connection = server.open(this.#part, this.#tables);
    const closed = Promise.withResolvers<undefined>();
    connection.onBroken = () => closed.resolve(undefined);
    await server.request(connection, () => undefined);
    return sessionOn(server, connection, closed.promise);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function sessionOn(server: MemoryServer, connection: Connection, closed: Promise<void>): Session {
  return {
    closed,
    query: <Row>(sql: string | Prepared, parameters?: readonly unknown[]) =>
      server.request(connection, () => server.execute(connection, sql, parameters)) as Promise<Row[]>,
    onNotification(listener) {
      connection.onNotice = listener;
    },
    close() {
      server.close(connection);
      return Promise.resolve();
    },
  };
}

/** Comes back by itself, and then says that something may have been missed. */
class Listener {
  readonly #server: MemoryServer;
  readonly #schema: Schema;
  readonly #part: Part;
  readonly #channel: string;
  readonly #onNotify: (payload: string) => void;
  #connection: Connection | undefined;
  #closed = false;

  constructor(
    server: MemoryServer,
    schema: Schema,
    part: Part,
    channel: string,
    onNotify: (payload: string) => void,
  ) {
    this.#server = server;
    this.#schema = schema;
    this.#part = part;
    this.#channel = channel;
    this.#onNotify = onNotify;
  }

  async connect(): Promise<void> {
    const connection = this.#server.open(this.#part, this.#schema);
    await this.#server.request(connection, () => {
      connection.channels.add(this.#channel);
      connection.onNotice = (_channel, payload) => this.#onNotify(payload);
    });
    connection.onBroken = () => this.#again();
    this.#connection = connection;
  }

  close(): void {
    this.#closed = true;
    if (this.#connection) this.#server.close(this.#connection);
  }

  #again(): void {
    if (this.#closed) return;
    setTimeout(() => {
      this.connect().then(
        () => this.#onNotify(''),
        () => this.#again(),
      );
    }, 500);
  }
}
