import { Database, type Migration } from '@carillon/event-store';
import { Consumer, type ConsumerOptions } from '../consumer/consumer.js';
import { consumerMigrations } from '../consumer/migrations.js';
import type { ReceivedMessage } from '../event-log.js';

const projection: Migration = {
  name: 'effects',
  up: 'CREATE TABLE effects (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, value text)',
};

/** A database of a service that writes one row for each message it handles: an effect done twice is seen twice. */
export class TestProjection {
  readonly database: Database;
  #consumers: Consumer[] = [];

  constructor(database: Database) {
    this.database = database;
  }

  static async connect(url: string): Promise<TestProjection> {
    const migrations = [...consumerMigrations, projection];
    return new TestProjection(
      await Database.connect({ url, schema: 'projection', applicationName: 'projection', migrations }),
    );
  }

  consumer(options: Omit<ConsumerOptions, 'database' | 'handle'> & Partial<ConsumerOptions>): Consumer {
    const consumer = new Consumer({
      database: this.database,
      handle: async (tx, messages) => {
        await tx.query(
          'INSERT INTO effects (consumer, key, value) SELECT $1, * FROM unnest($2::text[], $3::text[])',
          [options.name, messages.map(({ key }) => key), messages.map(valueOf)],
        );
      },
      ...options,
    });
    this.#consumers.push(consumer);
    consumer.start();
    return consumer;
  }

  /** The values of each key in the order in which their effects happened. */
  async effects(consumer: string): Promise<Record<string, number[]>> {
    const rows = await this.database.query<{ key: string; values: string[] }>(
      'SELECT key, array_agg(value ORDER BY n) AS values FROM effects WHERE consumer = $1 GROUP BY key ORDER BY key',
      [consumer],
    );
    return Object.fromEntries(rows.map(({ key, values }) => [key, values.map(Number)]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    await this.database.close();
  }
}

export const valueOf = (message: ReceivedMessage) => Buffer.from(message.value).toString();
