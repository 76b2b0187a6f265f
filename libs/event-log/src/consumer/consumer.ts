import type { Database } from '@carillon/event-store';
import { createLogger, type Loop, metrics } from '@carillon/service-runtime';
import type {
  EventLog,
  LogBatch,
  PartitionBounds,
  PartitionPlace,
  ReceivedMessage,
  Subscription,
} from '../event-log.js';
import { Applier, isFenced } from './applier.js';
import type { MessageHandler } from './message-handler.js';
import { isPlaceOf, missesSome, type Partition, placed, type Reading, seenBy } from './partition.js';
import { PartitionCounts } from './partition-counts.js';
import { Positions } from './positions.js';
import type { Refill } from './refill.js';
import { Refiller } from './refiller.js';

export interface ConsumerOptions {
  /** Unique among the consumers of a database, and the group in the log. Never renamed: its places hang on it. */
  readonly name: string;
  readonly log: EventLog;
  /** Has the tables of `consumerMigrations`. */
  readonly database: Database;
  readonly topics: readonly string[];
  /**
   * Messages of one partition, in order, in one transaction with the consumer's place. `unavailable` and `conflict`
   * have the whole batch tried again; after anything else they come one by one, and the bad one is put aside.
   */
  handle: MessageHandler;
  /** For what must not happen before the commit; failures are logged, nothing is repeated. */
  afterCommit?(messages: readonly ReceivedMessage[]): void | Promise<void>;
  /**
   * Told when messages were handled that this member was about to handle: by another, or by this one in a transaction
   * whose commit got no answer, so that nothing followed from it.
   */
  onFenced?(): void;
  /** Awaited before each batch: what is handled may wait for more urgent work. */
  readonly calm?: (signal: AbortSignal) => Promise<void>;
  /** By source: asked for what the log no longer holds. */
  readonly refill?: Readonly<Record<string, Refill>>;
  /** The sources to be asked about a topic; all that can be asked unless told. */
  readonly publishers?: Readonly<Record<string, readonly string[]>>;
  /** Events asked for at a time. */
  readonly refillPageSize?: number;
}

const log = createLogger('event-log');

/**
 * Consumes topics exactly once in effect. The place in the log is a hint; what counts is how far each source has come,
 * moved by compare-and-set in the handler's transaction. Whenever the log does not continue exactly where this
 * consumer stopped, the owners of the events are asked for what is missing first.
 */
export class Consumer implements Loop {
  readonly #options: ConsumerOptions;
  readonly #positions: Positions;
  readonly #partitionCounts: PartitionCounts;
  readonly #applier: Applier;
  readonly #refiller: Refiller;
  readonly #partitions = new Map<string, Partition>();
  /** Those that have no place yet, or are to get another. */
  readonly #unplaced = new Map<string, Reading>();
  readonly #waiters = new Set<() => void>();
  #subscription: Promise<Subscription> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#positions = new Positions(options.name);
    this.#partitionCounts = new PartitionCounts(options.name);
    this.#applier = new Applier(options);
    const { name, refill = {}, publishers = {}, refillPageSize: pageSize = 500 } = options;
    const partitions = (topic: string) => options.log.partitions(topic);
    this.#refiller = new Refiller({ name, refill, publishers, pageSize, partitions }, this.#applier);
  }

  start(): void {
    if (this.#subscription) return;
    const { name, log: eventLog, topics } = this.#options;
    for (const topic of topics) metrics.deadLetters.add(0, { consumer: name, topic });
    metrics.consumerLag.addCallback(this.#observeLag);
    this.#subscription = eventLog.subscribe({
      group: name,
      topics,
      subscriber: {
        assigned: (partitions, signal) => this.#assigned(partitions, signal),
        unassigned: () => this.#clear(),
        reached: (partitions) => this.#reached(partitions),
        handle: (batch) => this.#handle(batch),
      },
    });
  }

  async stop(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    metrics.consumerLag.removeCallback(this.#observeLag);
    await (await subscription)?.close();
    this.#clear();
  }

  /**
   * Resolves when everything that is in the log now has been handled; for the only member of its group. A signal for
   * tests and for whoever waits for a projection.
   */
  async caughtUp(): Promise<void> {
    const ends = await this.#options.log.bounds(this.#options.topics);
    const reached = () =>
      ends.every((bounds) => {
        const partition = this.#partitions.get(keyOf(bounds));
        return partition !== undefined && BigInt(partition.next) >= BigInt(bounds.end);
      });
    if (reached()) return;
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!reached()) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
    });
  }

  async #assigned(held: readonly PartitionBounds[], signal: AbortSignal): Promise<PartitionPlace[]> {
    const stopped = () => signal.aborted;
    if (stopped()) return [];
    for (const bounds of held) this.#unplaced.set(keyOf(bounds), { ...bounds, next: bounds.start });
    await this.#verifyCounts(held);
    const loaded = await this.#positions.load(this.#options.database);
    if (stopped()) return [];
    const partitions = held.map((bounds) => placed(bounds, loaded.get(keyOf(bounds)) ?? new Map()));
    for (const partition of partitions) this.#unplaced.set(keyOf(partition), partition);
    const lost = partitions.filter(({ verify }) => !verify);
    if (lost.length > 0) await this.#refiller.refill(lost, signal);
    if (stopped()) return [];
    for (const partition of partitions) {
      this.#unplaced.delete(keyOf(partition));
      this.#partitions.set(keyOf(partition), partition);
    }
    this.#moved();
    return partitions.map(({ topic, partition, next }) => ({ topic, partition, offset: next }));
  }

  /** Others may hold the rest of the partitions, so the log is asked for all. */
  async #verifyCounts(held: readonly PartitionBounds[]): Promise<void> {
    const { log: eventLog, database } = this.#options;
    const all = await eventLog.bounds([...new Set(held.map(({ topic }) => topic))]);
    for (const [topic, { length }] of Map.groupBy(all, (bounds) => bounds.topic)) {
      await this.#partitionCounts.verify(database, topic, length, eventLog.partitions(topic));
    }
  }

  #reached(partitions: readonly PartitionBounds[]): void {
    for (const bounds of partitions) {
      for (const reading of [this.#partitions.get(keyOf(bounds)), this.#unplaced.get(keyOf(bounds))]) {
        if (reading) reading.end = bounds.end;
      }
    }
  }

  async #handle(batch: LogBatch): Promise<string> {
    const partition = this.#partitions.get(keyOf(batch));
    if (!partition) throw new Error(`${keyOf(batch)} is not assigned to ${this.#options.name}`);
    this.#unplaced.delete(keyOf(batch));
    partition.end = batch.end;
    await this.#options.calm?.(batch.signal);
    try {
      await this.#read(partition, batch);
    } catch (error) {
      if (!batch.signal.aborted) {
        if (!isFenced(error)) throw error;
        log.warn(
          { err: error, consumer: this.#options.name },
          'fenced, going on from the place in the database',
        );
        return await this.#placeAgain(partition, batch.signal);
      }
    }
    this.#moved();
    return partition.next;
  }

  async #read(partition: Partition, { messages, from, next, signal }: LogBatch): Promise<void> {
    const [first] = messages;
    const about = { consumer: this.#options.name, topic: partition.topic, partition: partition.partition };
    if (partition.verify) {
      if (!first || !isPlaceOf(partition, first)) {
        log.warn({ ...about, offset: from }, 'another log under the same name');
        partition.next = await this.#startOf(partition);
        partition.verify = false;
        await this.#refiller.refill([partition], signal);
        return;
      }
      partition.verify = false;
    } else if (from !== partition.next) {
      log.warn(
        { ...about, expected: partition.next, offset: from },
        'the log does not continue where it was read',
      );
      await this.#refiller.refill([partition], signal);
    }
    for (let seen = ''; missesSome(partition, messages); ) {
      const before = seen;
      seen = seenBy(partition);
      if (seen === before) {
        log.error(about, 'the owners of events do not have what the log misses: going on without');
        break;
      }
      log.warn(about, 'the log misses events of its source');
      await this.#refiller.refill([partition], signal); // may bring less than all
    }
    await this.#applier.apply(partition, messages, signal);
    partition.next = next;
  }

  async #placeAgain(partition: Partition, signal: AbortSignal): Promise<string> {
    const bounds = await this.#options.log.bounds([partition.topic]);
    const places = await this.#assigned(
      bounds.filter((held) => keyOf(held) === keyOf(partition)),
      signal,
    );
    return places[0]?.offset ?? partition.next;
  }

  async #startOf(partition: Partition): Promise<string> {
    const bounds = await this.#options.log.bounds([partition.topic]);
    return bounds.find((held) => keyOf(held) === keyOf(partition))?.start ?? '0';
  }

  readonly #observeLag: Parameters<typeof metrics.consumerLag.addCallback>[0] = (result) => {
    for (const { topic, partition, next, end } of new Map([
      ...this.#partitions,
      ...this.#unplaced,
    ]).values()) {
      const lag = BigInt(end) - BigInt(next);
      result.observe(lag > 0n ? Number(lag) : 0, { consumer: this.#options.name, topic, partition });
    }
  };

  #clear(): void {
    this.#partitions.clear();
    this.#unplaced.clear();
  }

  #moved(): void {
    for (const check of this.#waiters) check();
  }
}

const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;
