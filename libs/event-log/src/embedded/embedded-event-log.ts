import { randomUUID } from 'node:crypto';
import { isCarillonError } from '@carillon/event-sourcing';
import {
  Database,
  type Listening,
  type LogMessage,
  type OutgoingMessage,
  rolledBack,
} from '@carillon/event-store';
import { createLogger, retrying, TurnLoop } from '@carillon/service-runtime';
import type {
  EventLog,
  PartitionBounds,
  ReceivedMessage,
  SubscribeOptions,
  Subscription,
  TopicOptions,
} from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';
import { rehearsed } from '../rehearsed.js';
import { EmbeddedSubscription } from './embedded-subscription.js';
import { type Appended, type LogPartition, LogTables } from './log-tables.js';
import { embeddedLogMigrations } from './migrations.js';
import { RecentMessages } from './recent-messages.js';

export interface EmbeddedEventLogOptions {
  /** A PostgreSQL database; the log lives in its schema `event_log`. */
  readonly url: string;
  /** Created when they are not there. */
  readonly topics: readonly TopicOptions[];
  /**
   * No other process uses this log, and its publishers keep their own places on the same PostgreSQL server. Then
   * nobody needs to be notified or elected, and a publication need not wait for the disk: the publisher's note that
   * it is done reaches the disk after it.
   */
  readonly onlyProcess?: boolean;
  /** What is kept for those who lag; beyond that they refill. A day and 20,000 per partition unless told. */
  readonly retentionMs?: number;
  readonly messagesPerPartition?: number;
  readonly pruneEveryMs?: number;
  /** After this long without a sign of life a member's partitions go to the others. */
  readonly memberTimeoutMs?: number;
  readonly poolSize?: number;
}

const PRUNED_AT_A_TIME = 5_000;
/** Of each partition: of 10,000 due at once, about as many are published before they are admitted. */
const RECENT_MESSAGES = 5_000;
const PUBLISHED_AT_A_TIME = 1_000;

const log = createLogger('event-log');

export interface EmbeddedLog extends EventLog {
  /** Appends messages, and takes that back: for rehearsals. */
  publishInVain(messages: readonly OutgoingMessage[]): Promise<void>;
}

/** The log in tables of PostgreSQL, for a machine without Kafka. Returns when the topics are there. */
export async function createEmbeddedEventLog(options: EmbeddedEventLogOptions): Promise<EmbeddedLog> {
  const database = await Database.connect({
    url: options.url,
    schema: 'event_log',
    applicationName: 'carillon event log',
    migrations: embeddedLogMigrations,
    poolSize: options.poolSize ?? 4,
  });
  try {
    const tables = new LogTables(database);
    for (const { name, partitions = 1 } of options.topics) await tables.ensureTopic(name, partitions);
    const eventLog = new EmbeddedEventLog(database, tables, options);
    await eventLog.open();
    return eventLog;
  } catch (error) {
    await database.close();
    throw error;
  }
}

type Addressed = LogMessage & { readonly partitionId: number; readonly partition: number };

class EmbeddedEventLog implements EmbeddedLog {
  readonly #database: Database;
  readonly #tables: LogTables;
  readonly #options: EmbeddedEventLogOptions;
  readonly #instance = randomUUID();
  readonly #partitions = new Map<string, LogPartition[]>();
  readonly #recent = new Map<number, RecentMessages>();
  readonly #subscriptions = new Set<EmbeddedSubscription>();
  readonly #pruning: TurnLoop;
  #listening: Listening | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(database: Database, tables: LogTables, options: EmbeddedEventLogOptions) {
    this.#database = database;
    this.#tables = tables;
    this.#options = options;
    this.#pruning = new TurnLoop({
      name: 'pruning the event log',
      log,
      turn: async () => ((await this.#prune()) ? 0 : (options.pruneEveryMs ?? 60_000)),
    });
  }

  async open(): Promise<void> {
    await this.#loadPartitions();
    if (!this.#options.onlyProcess) {
      this.#listening = await this.#database.listen('event_log', (payload) => this.#notified(payload));
    }
    this.#pruning.start();
  }

  publish(messages: readonly LogMessage[]): Promise<void> {
    const published = this.#queue.then(async () => {
      for (let from = 0; from < messages.length; from += PUBLISHED_AT_A_TIME) {
        await this.#append(messages.slice(from, from + PUBLISHED_AT_A_TIME));
      }
    });
    this.#queue = published.catch(() => undefined);
    return published;
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = new EmbeddedSubscription(options, {
      tables: this.#tables,
      member: `${this.#instance}-${randomUUID()}`,
      alone: this.#options.onlyProcess ?? false,
      memberTimeoutMs: this.#options.memberTimeoutMs ?? 6_000,
      recent: (id) => this.#recent.get(id),
    });
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
    return this.#partitionsOf(topic).length;
  }

  partitionOf(topic: string, key: string): number {
    return partitionOfKey(key, this.partitions(topic));
  }

  async bounds(topics: readonly string[]): Promise<PartitionBounds[]> {
    const bounds = await this.#tables.bounds(topics);
    return bounds.map(({ topic, partition, start, end }) => ({ topic, partition, start, end }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#pruning.stop();
    await this.#queue;
    await this.#listening?.close();
    await this.#database.close();
  }

  async publishInVain(messages: readonly OutgoingMessage[]): Promise<void> {
    await this.#write(new LogTables(rolledBack(this.#database)), this.#addressed(rehearsed(messages)));
  }

  async #append(messages: readonly LogMessage[]): Promise<void> {
    const addressed = this.#addressed(messages);
    const appended = await retrying(
      { attempts: 5, retryOn: (error) => isCarillonError(error, 'conflict') },
      () => this.#write(this.#tables, addressed),
    );
    const offsets = new Map(appended.map(({ id, first }) => [id, BigInt(first)]));
    const published = new Map<number, ReceivedMessage[]>();
    for (const { partitionId, ...message } of addressed) {
      const offset = offsets.get(partitionId);
      if (offset === undefined) continue;
      offsets.set(partitionId, offset + 1n);
      const received = { ...message, offset: String(offset) };
      const before = published.get(partitionId);
      if (before) before.push(received);
      else published.set(partitionId, [received]);
    }
    for (const [id, received] of published) this.#recent.get(id)?.add(received);
    for (const subscription of this.#subscriptions) subscription.wake(offsets);
    const unplaced = addressed.filter(({ partitionId }) => !offsets.has(partitionId));
    if (unplaced.length === 0) return;
    log.warn({ messages: unplaced.length }, 'topics of the event log were created again');
    await this.#loadPartitions();
    for (const subscription of this.#subscriptions) subscription.wake();
    await this.#append(unplaced);
  }

  #addressed(messages: readonly LogMessage[]): Addressed[] {
    return messages.map((message) => {
      const place = this.partitionOf(message.topic, message.key);
      const { id, partition } = this.#partitionsOf(message.topic)[place] as LogPartition;
      return { ...message, partitionId: id, partition };
    });
  }

  #write(tables: LogTables, addressed: readonly Addressed[]): Promise<Appended[]> {
    const { onlyProcess = false } = this.#options;
    return tables.append(addressed, {
      awaitDisk: !onlyProcess,
      notify: onlyProcess ? '' : `${this.#instance} `,
    });
  }

  /** `<instance> <partition id>,…`, or anything else: something may have changed. */
  #notified(payload: string): void {
    const [instance, ids] = payload.split(' ', 2);
    if (instance === this.#instance) return;
    const grown = ids === undefined ? undefined : new Set(ids.split(',').map(Number));
    for (const subscription of this.#subscriptions) subscription.wake(grown);
  }

  async #loadPartitions(): Promise<void> {
    const topics = this.#options.topics.map(({ name }) => name);
    const held = await this.#tables.bounds(topics);
    this.#partitions.clear();
    for (const { id, topic, partition } of held) {
      const ofTopic = this.#partitions.get(topic) ?? [];
      this.#partitions.set(topic, ofTopic);
      ofTopic.push({ id, topic, partition });
    }
    const ids = new Set(held.map(({ id }) => id));
    for (const id of this.#recent.keys()) if (!ids.has(id)) this.#recent.delete(id);
    for (const id of ids)
      if (!this.#recent.has(id)) this.#recent.set(id, new RecentMessages(RECENT_MESSAGES));
  }

  #partitionsOf(topic: string): readonly LogPartition[] {
    const partitions = this.#partitions.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} was not named when the log was created`);
    return partitions;
  }

  /** Whether there is more to prune at once. */
  async #prune(): Promise<boolean> {
    const { messagesPerPartition = 20_000, retentionMs = 24 * 3_600_000 } = this.#options;
    let more = false;
    for (const { id } of [...this.#partitions.values()].flat()) {
      const removed = await this.#tables.prune(id, messagesPerPartition, retentionMs, PRUNED_AT_A_TIME);
      more ||= removed === PRUNED_AT_A_TIME;
    }
    return more;
  }
}
