import type { Database, SourcePosition, Transaction } from '@carillon/event-store';
import { metrics } from '@carillon/service-runtime';
import type { ReceivedMessage } from '../event-log.js';

/** A message that its handler refused. */
export interface DeadLetter {
  readonly id: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly failedAt: number;
  readonly message: ReceivedMessage;
}

interface Row extends SourcePosition {
  id: string;
  reason: string;
  failedAt: number;
  topic: string;
  partition: number;
  logOffset: string | null;
  source: string;
  key: string;
  headers: Record<string, string>;
  value: Buffer;
}

const COLUMNS = `id, reason, floor(extract(epoch FROM failed_at) * 1000)::float8 AS "failedAt", topic, partition,
  log_offset AS "logOffset", source, source_window AS window, source_position AS position, key, headers, value`;

/** What one consumer could not handle, kept beside its data until it is replayed or dropped. */
export class DeadLetters {
  readonly #database: Database;
  readonly #consumer: string;

  constructor(database: Database, consumer: string) {
    this.#database = database;
    this.#consumer = consumer;
  }

  async add(tx: Transaction, message: ReceivedMessage, error: unknown): Promise<void> {
    const { topic, partition, offset, source, sourcePosition, key, headers, value } = message;
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await tx.query(
      `INSERT INTO dead_letters (consumer, topic, partition, log_offset, source, source_window, source_position,
         key, headers, value, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        this.#consumer,
        topic,
        partition,
        offset === '' ? null : offset,
        source,
        sourcePosition.window,
        sourcePosition.position,
        storable(key),
        JSON.stringify(storableEntries(headers)),
        Buffer.from(value.buffer, value.byteOffset, value.byteLength),
        storable(why),
      ],
    );
    tx.afterCommit(() => metrics.deadLetters.add(1, { consumer: this.#consumer, topic }));
  }

  /** The oldest first. */
  async list(limit = 100): Promise<DeadLetter[]> {
    const rows = await this.#database.query<Row>(
      `SELECT ${COLUMNS} FROM dead_letters WHERE consumer = $1 ORDER BY id LIMIT $2`,
      [this.#consumer, limit],
    );
    return rows.map(toDeadLetter);
  }

  /**
   * Handles one again and removes it, in one transaction; throws what the handler throws. Out of order by nature: the
   * handler sees it after its successors. False when it is not there (any more).
   */
  replay(
    id: string,
    handle: (tx: Transaction, messages: readonly ReceivedMessage[]) => Promise<void>,
  ): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const [row] = await tx.query<Row>(
        `DELETE FROM dead_letters WHERE consumer = $1 AND id = $2 RETURNING ${COLUMNS}`,
        [this.#consumer, id],
      );
      if (row === undefined) return false;
      await handle(tx, [toDeadLetter(row).message]);
      return true;
    });
  }
}

/** PostgreSQL has no text with NUL, as what is binary may hold: the headers that a proxy or registry adds. */
const storable = (text: string) => text.replaceAll('\0', '\uFFFD');

const storableEntries = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [storable(name), storable(value)]));

function toDeadLetter(row: Row): DeadLetter {
  const { id, reason, failedAt, topic, partition, logOffset, source, window, position, key, headers, value } =
    row;
  const sourcePosition = { window, position };
  return {
    id,
    reason,
    failedAt,
    message: { topic, partition, offset: logOffset ?? '', source, sourcePosition, key, headers, value },
  };
}
