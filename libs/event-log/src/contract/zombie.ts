// A member of a group in a process of its own, which the contract stops in the middle of its work. Run from dist.
import { once } from 'node:events';
import type { Database } from '@carillon/event-store';
import { type LogAddress, openLog } from './test-logs.js';
import { TestProjection, valueOf } from './test-projection.js';

interface Orders {
  address: LogAddress;
  database: string;
  topic: string;
  consumer: string;
  /** Where it waits, at the message with this value, until told to go on. */
  trap: { value: string; at: 'beforeTransaction' | 'insideTransaction' };
}

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const log = await openLog(orders.address, [{ name: orders.topic, partitions: 1 }]);
const projection = await TestProjection.connect(orders.database);
const say = (word: string) => process.stdout.write(`${word}\n`);
let armed = false;

const trapped = async () => {
  say('trapped');
  await once(process.stdin, 'data');
};
const database = new Proxy(projection.database, {
  get(target, name) {
    if (name === 'transaction') {
      return async (work: Parameters<Database['transaction']>[0]) => {
        if (armed && orders.trap.at === 'beforeTransaction') {
          armed = false;
          await trapped();
        }
        return target.transaction(work).then(
          (result) => {
            say('committed');
            return result;
          },
          (error: unknown) => {
            say(`rolled back: ${error instanceof Error ? error.message : String(error)}`);
            throw error;
          },
        );
      };
    }
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  },
});

projection.consumer({
  name: orders.consumer,
  log: {
    ...log,
    publish: (messages) => log.publish(messages),
    partitionOf: (of, key) => log.partitionOf(of, key),
    partitions: (topic) => log.partitions(topic),
    bounds: (topics) => log.bounds(topics),
    close: () => log.close(),
    subscribe: ({ group, topics, subscriber }) =>
      log.subscribe({
        group,
        topics,
        subscriber: {
          ...subscriber,
          handle: (batch) => {
            armed = batch.messages.some((message) => valueOf(message) === orders.trap.value);
            return subscriber.handle(batch);
          },
        },
      }),
  },
  topics: [orders.topic],
  database,
  handle: async (tx, messages) => {
    for (const message of messages) {
      await tx.query('INSERT INTO effects (consumer, key, value) VALUES ($1, $2, $3)', [
        orders.consumer,
        message.key,
        valueOf(message),
      ]);
      if (armed && valueOf(message) === orders.trap.value) {
        armed = false;
        await trapped();
      }
    }
  },
});
