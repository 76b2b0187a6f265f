import { Database } from '@carillon/event-store';
import { kafkaMissing, type KafkaRig, skipsBecause, startKafka } from '@carillon/rigs';
import { retrying } from '@carillon/service-runtime';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { createEmbeddedEventLog } from '../embedded/embedded-event-log.js';
import type { EventLog, TopicOptions } from '../event-log.js';
import type { LogRig } from './event-log.contract.js';
import { createKafkaEventLog } from '../kafka/kafka-event-log.js';

/** How a process of its own opens the same log. */
export type LogAddress = { readonly kafka: string } | { readonly embedded: string };

/** An adapter for real: other processes can open the same log. */
export interface TestLog extends LogRig {
  readonly address: LogAddress;
  open(topics: readonly TopicOptions[], settings?: TestLogSettings): Promise<EventLog>;
}

export interface TestLogSettings {
  /** Of readers on Kafka: how often they look whether their places lie within the log. */
  readonly boundsCheckMs?: number;
}

/** Short times, so that a test need not wait long for a member to be given up. */
export function openLog(
  address: LogAddress,
  topics: readonly TopicOptions[],
  { onlyProcess = false, boundsCheckMs = 500 }: TestLogSettings & { onlyProcess?: boolean } = {},
): Promise<EventLog> {
  if ('embedded' in address) {
    return createEmbeddedEventLog({ url: address.embedded, topics, onlyProcess, memberTimeoutMs: 2_000 });
  }
  return createKafkaEventLog({
    brokers: address.kafka,
    clientId: 'contract',
    topics,
    sessionTimeoutMs: 2_000,
    heartbeatMs: 400,
    rebalanceTimeoutMs: 3_000,
    boundsCheckMs,
    requestTimeoutMs: 3_000,
    startTimeoutMs: 20_000,
  });
}

const oneProcessTestLog = (url: string) => embeddedTestLog(url, true);

async function embeddedTestLog(url: string, onlyProcess = false): Promise<TestLog> {
  const address = { embedded: url };
  const first = await openLog(address, []);
  await first.close(); // the schema is there now
  const database = await Database.connect({
    url,
    schema: 'event_log_test',
    applicationName: 'contract',
    migrations: [],
  });
  return {
    address,
    open: (topics) => openLog(address, topics, { onlyProcess }),
    async recreate({ name, partitions = 1 }) {
      await database.query(
        `WITH gone AS (DELETE FROM event_log.log_partitions WHERE topic = $1 RETURNING id)
         DELETE FROM event_log.log_messages m USING gone WHERE m.partition_id = gone.id`,
        [name],
      );
      const created = await openLog(address, [{ name, partitions }]);
      await created.close();
    },
    async truncate(topic) {
      await database.query(
        `WITH emptied AS (
           UPDATE event_log.log_partitions SET start_offset = end_offset WHERE topic = $1 RETURNING id
         ) DELETE FROM event_log.log_messages m USING emptied WHERE m.partition_id = emptied.id`,
        [topic],
      );
    },
    close: () => database.close(),
  };
}

const kafkaSkipped = () => skipsBecause('the event log contract on Kafka', kafkaMissing());

let rig: Promise<KafkaRig> | undefined;
export const kafkaRig = () => (rig ??= startKafka());
export const stopKafka = async () => (await rig)?.stop();

async function kafkaTestLog(): Promise<TestLog> {
  const { brokers } = await kafkaRig();
  const address = { kafka: brokers };
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const asAdmin = async (work: (admin: Admin) => Promise<unknown>) => {
    const admin = kafka.admin();
    await admin.connect();
    await work(admin).finally(() => admin.disconnect());
  };
  return {
    address,
    open: (topics, settings) => openLog(address, topics, settings),
    recreate: ({ name, partitions = 1 }) =>
      asAdmin(async (admin) => {
        await admin.deleteTopics({ topics: [name] });
        await admin.createTopics({
          topics: [{ topic: name, numPartitions: partitions }],
          waitForLeaders: false,
        });
        // Asks the leaders themselves: the metadata names one before it knows that it is.
        const there = () => admin.fetchTopicOffsets(name).then(() => true);
        await retrying({ baseMs: 50, attempts: 20, retryOn: () => true }, there);
      }),
    truncate: (topic) =>
      asAdmin(async (admin) => {
        const held = await admin.fetchTopicOffsets(topic);
        const partitions = held
          .filter(({ low, high }) => low !== high)
          .map(({ partition, high }) => ({ partition, offset: high }));
        if (partitions.length > 0) await admin.deleteTopicRecords({ topic, partitions });
      }),
    close: () => Promise.resolve(),
  };
}

/** Every adapter, the real ones included, with what a suite must know of it. */
export const testLogs = () => [
  { adapter: 'embedded', skipped: false, oneProcess: false, testLog: embeddedTestLog },
  { adapter: 'embedded, one process', skipped: false, oneProcess: true, testLog: oneProcessTestLog },
  { adapter: 'kafka', skipped: kafkaSkipped(), oneProcess: false, testLog: kafkaTestLog },
];
