import type { Database } from '../database.js';
import type { EventStore } from '../event-store.js';
import type { LogMessage, OutgoingMessage } from '../messages.js';
import { Relay } from '../relay.js';
import type { StoredEvent } from '../stored-event.js';
import type { Transaction } from '../transaction.js';

/** A log that remembers what was published. */
export class RecordingLog {
  readonly messages: LogMessage[] = [];
  /** Called with what was just published. */
  afterPublish: (messages: readonly LogMessage[]) => Promise<void> = () => Promise.resolve();

  async publish(messages: readonly LogMessage[]): Promise<void> {
    this.messages.push(...messages);
    await this.afterPublish(messages);
  }

  partitionOf(_topic: string, key: string): number {
    return key.charCodeAt(0) % 2;
  }

  /** `stream@version` in the order of publication. */
  get published(): string[] {
    return this.messages.map(({ headers }) => headers['event'] ?? '');
  }
}

export function toPublic({
  stream,
  version,
  position,
  type,
  data,
}: StoredEvent): OutgoingMessage | undefined {
  if (type === 'Private') return undefined;
  return {
    topic: 'topic',
    key: stream,
    headers: { event: `${stream}@${version}`, position },
    value: Buffer.from(JSON.stringify(data)),
  };
}

export function relayOf(database: Database, log: RecordingLog, source = 'source'): Relay {
  return new Relay({ database, source, log, toPublic });
}

export interface Writer {
  readonly tx: Transaction;
  readonly xid: bigint;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** A transaction that the test ends when it likes. Its id is taken at once: it counts as a writer from now on. */
export async function openWriter(database: Database): Promise<Writer> {
  const session = await database.session();
  await session.query('BEGIN');
  const [row] = await session.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  const hooks: (() => void)[] = [];
  const tx: Transaction = {
    query: (sql, parameters) => session.query(sql, parameters),
    afterCommit: (hook) => hooks.push(hook),
  };
  return {
    tx,
    xid: BigInt(row?.xid ?? 0),
    async commit() {
      await session.query('COMMIT');
      await session.close();
      for (const hook of hooks) hook();
    },
    async rollback() {
      await session.query('ROLLBACK');
      await session.close();
    },
  };
}

export function appendOne(
  store: EventStore,
  tx: Transaction | undefined,
  stream: string,
  expectedVersion = 0,
) {
  const events = [{ type: 'Happened', data: { expectedVersion } }];
  return store.append(tx, [{ stream, expectedVersion, events, state: {} }]);
}
