import { domainError, notFound } from '@carillon/event-sourcing';
import type { Database, SourcePosition, Transaction } from '@carillon/event-store';
import { isTransient, metrics, retrying } from '@carillon/service-runtime';
import type { ReceivedMessage } from '../event-log.js';
import type { MessageHandler } from './message-handler.js';

/** As in carillon.v1.DeadLetters: a message that its handler refused. */
export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly failedAt: number;
  readonly topic: string;
  readonly partition: number;
  /** Absent: it came from its owner, not from the log. */
  readonly offset?: string;
  readonly source: string;
  readonly sourcePosition: SourcePosition;
  readonly key: string;
  readonly headers: Record<string, string>;
  /** Absent in lists. */
  readonly value?: Uint8Array;
}

interface Row extends Omit<DeadLetter, 'offset' | 'sourcePosition' | 'value'>, SourcePosition {
  readonly logOffset: string | null;
  readonly value?: Buffer;
}

const COLUMNS = `id, consumer, reason, floor(extract(epoch FROM failed_at) * 1000)::float8 AS "failedAt", topic, partition,
  log_offset AS "logOffset", source, source_window AS window, source_position AS position, key, headers`;
/** An id is a bigint. */
const ID = /^[1-9]\d{0,17}$/;
const MOST_OF_A_LIST = 1_000;
/** A stack says the rest; a message may quote all of a document. */
const MOST_CHARACTERS = 8_192;
/** Others may change the same streams meanwhile. */
const TRIES = 5;

/** Keeps a message that its consumer could not handle, beside the consumer's data, until it is replayed or dropped. */
export async function putAside(
  tx: Transaction,
  consumer: string,
  message: ReceivedMessage,
  error: unknown,
): Promise<void> {
  const { topic, partition, offset, source, sourcePosition, key, headers, value } = message;
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await tx.query(
    `INSERT INTO dead_letters (consumer, topic, partition, log_offset, source, source_window, source_position,
       key, headers, value, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      consumer,
      topic,
      partition,
      offset === '' ? null : offset,
      source,
      sourcePosition.window,
      sourcePosition.position,
      storable(key),
      JSON.stringify(storableEntries(headers)),
      Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      storable(why.slice(0, MOST_CHARACTERS)),
    ],
  );
  tx.afterCommit(() => metrics.deadLetters.add(1, { consumer, topic }));
}

/** PostgreSQL has no text with NUL, as what is binary may hold: the headers that a proxy or registry adds. */
const storable = (text: string) => text.replaceAll('\0', '\uFFFD');

const storableEntries = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [storable(name), storable(value)]));

/** As in carillon.v1.DeadLetters: what the consumers of one database have put aside, for who operates them. */
export class DeadLetters {
  readonly #database: Database;
  readonly #handlers: Readonly<Record<string, MessageHandler>>;

  /** `handlers`: by the name of their consumer. */
  constructor(database: Database, handlers: Readonly<Record<string, MessageHandler>>) {
    this.#database = database;
    this.#handlers = handlers;
  }

  /** The oldest first, without their values. */
  async listDeadLetters({
    after = '0',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly deadLetters: readonly DeadLetter[] }> {
    const rows = await this.#database.query<Row>(
      `SELECT ${COLUMNS} FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2`,
      [ID.test(after) ? after : '0', Math.min(Math.max(limit, 1), MOST_OF_A_LIST)],
    );
    return { deadLetters: rows.map(toDeadLetter) };
  }

  /** Throws deadLetterNotFound. */
  async getDeadLetter({ id }: { readonly id: string }): Promise<DeadLetter> {
    const [row] = ID.test(id)
      ? await this.#database.query<Row>(`SELECT ${COLUMNS}, value FROM dead_letters WHERE id = $1`, [id])
      : [];
    if (!row) throw missing(id);
    return toDeadLetter(row);
  }

  /**
   * Handles one again and removes it, in one transaction. Out of order by nature: the handler sees it after its successors.
   * Throws deadLetterNotFound, deadLetterRefused with what the handler says, or what is transient.
   */
  replayDeadLetter({ id }: { readonly id: string }): Promise<DeadLetter> {
    return retrying({ attempts: TRIES }, () =>
      this.#remove(id, async (tx, letter) => {
        const handle = this.#handlers[letter.consumer];
        if (!handle) throw refused(id, `no consumer is called ${letter.consumer} any more`);
        try {
          await handle(tx, [{ offset: '', value: NOTHING, ...letter }]);
        } catch (error) {
          if (isTransient(error)) throw error;
          throw refused(id, error instanceof Error ? error.message : String(error));
        }
      }),
    );
  }

  /** Removes one that is not to be handled any more. Throws deadLetterNotFound. */
  dropDeadLetter({ id }: { readonly id: string }): Promise<DeadLetter> {
    return this.#remove(id, () => Promise.resolve());
  }

  async #remove(
    id: string,
    before: (tx: Transaction, letter: DeadLetter) => Promise<void>,
  ): Promise<DeadLetter> {
    if (!ID.test(id)) throw missing(id);
    return await this.#database.transaction(async (tx) => {
      const [row] = await tx.query<Row>(
        `DELETE FROM dead_letters WHERE id = $1 RETURNING ${COLUMNS}, value`,
        [id],
      );
      if (!row) throw missing(id);
      const letter = toDeadLetter(row);
      await before(tx, letter);
      return letter;
    });
  }
}

const NOTHING = new Uint8Array();

const missing = (id: string) => notFound('deadLetterNotFound', 'there is no such dead letter', { id });

const refused = (id: string, why: string) =>
  domainError('deadLetterRefused', `it cannot be handled: ${why}`, { id });

function toDeadLetter({ logOffset, window, position, ...row }: Row): DeadLetter {
  return {
    ...row,
    sourcePosition: { window, position },
    ...(logOffset === null ? {} : { offset: logOffset }),
  };
}
