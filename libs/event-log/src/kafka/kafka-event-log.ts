import type { LogMessage } from '@carillon/event-store';
import { isTransient, retrying } from '@carillon/service-runtime';
import type {
  EventLog,
  PartitionBounds,
  SubscribeOptions,
  Subscription,
  TopicOptions,
} from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';
import { KafkaConnection, type KafkaConnectionOptions } from './connection.js';
import type { KafkaSubscriptionSettings } from './group-session.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { KafkaPublisher } from './publisher.js';

export interface KafkaEventLogOptions extends KafkaConnectionOptions, Partial<KafkaSubscriptionSettings> {
  /** Created when they are not there. */
  readonly topics: readonly TopicOptions[];
  /** What becomes of a message before it is sent: such as the same in another format. */
  readonly write?: (message: LogMessage) => LogMessage;
  /** The broker's default unless told. */
  readonly replicationFactor?: number;
  /** How long to wait for a broker at the start before giving up with `unavailable`. */
  readonly startTimeoutMs?: number;
}

/** The log on Apache Kafka. Returns when the topics are there. */
export async function createKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const connection = new KafkaConnection(options);
  const giveUp = AbortSignal.timeout(options.startTimeoutMs ?? 60_000);
  const counts = await retrying({ baseMs: 100, maxMs: 2_000, retryOn: isTransient, signal: giveUp }, () =>
    ensureTopics(connection, options),
  ).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  return new KafkaEventLog(connection, counts, options.write ?? asItIs, {
    sessionTimeoutMs: options.sessionTimeoutMs ?? 6_000,
    heartbeatMs: options.heartbeatMs ?? 1_500,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 15_000,
    boundsCheckMs: options.boundsCheckMs ?? 5_000,
    fetchWaitMs: options.fetchWaitMs ?? 250,
  });
}

const asItIs = (message: LogMessage): LogMessage => message;

class KafkaEventLog implements EventLog {
  readonly #connection: KafkaConnection;
  readonly #publisher: KafkaPublisher;
  readonly #partitions: ReadonlyMap<string, number>;
  readonly #write: (message: LogMessage) => LogMessage;
  readonly #settings: KafkaSubscriptionSettings;
  readonly #subscriptions = new Set<KafkaSubscription>();

  constructor(
    connection: KafkaConnection,
    partitions: ReadonlyMap<string, number>,
    write: (message: LogMessage) => LogMessage,
    settings: KafkaSubscriptionSettings,
  ) {
    this.#connection = connection;
    this.#partitions = partitions;
    this.#write = write;
    this.#settings = settings;
    this.#publisher = new KafkaPublisher(connection, (topic, key) => this.partitionOf(topic, key));
  }

  publish(messages: Parameters<EventLog['publish']>[0]): Promise<void> {
    return this.#publisher.publish(messages.map(this.#write));
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = new KafkaSubscription(this.#connection, options, this.#settings, (topics) =>
      this.bounds(topics),
    );
    this.#subscriptions.add(subscription);
    subscription.start();
    return Promise.resolve({
      close: async () => {
        await subscription.close();
        this.#subscriptions.delete(subscription);
      },
    });
  }

  partitions(topic: string): number {
    const partitions = this.#partitions.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} was not named when the log was created`);
    return partitions;
  }

  partitionOf(topic: string, key: string): number {
    return partitionOfKey(key, this.partitions(topic));
  }

  async bounds(topics: readonly string[]): Promise<PartitionBounds[]> {
    const bounds = topics.map((topic) =>
      this.#connection.ask(`tell the offsets of ${topic}`, async (admin) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          topic,
          partition,
          start: low,
          end: high,
        })),
      ),
    );
    return (await Promise.all(bounds)).flat();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#publisher.close();
    await this.#connection.close();
  }
}

async function ensureTopics(
  connection: KafkaConnection,
  options: KafkaEventLogOptions,
): Promise<Map<string, number>> {
  return connection.ask('create the topics', async (admin) => {
    const there = new Set(await admin.listTopics());
    const missing = options.topics.filter(({ name }) => !there.has(name));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        timeout: connection.requestTimeoutMs,
        topics: missing.map(({ name, partitions = 12 }) => ({
          topic: name,
          numPartitions: partitions,
          ...(options.replicationFactor === undefined
            ? {}
            : { replicationFactor: options.replicationFactor }),
        })),
      });
    }
    const { topics } = await admin.fetchTopicMetadata({ topics: options.topics.map(({ name }) => name) });
    return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  });
}
