import { unavailable } from '@carillon/event-sourcing';
import { backoffMs, createLogger, pause, Signal, TurnLoop } from '@carillon/service-runtime';
import type { PartitionBounds, SubscribeOptions, Subscription } from '../event-log.js';
import type { LogPartition, LogTables } from './log-tables.js';
import { PartitionReader } from './partition-reader.js';
import type { RecentMessages } from './recent-messages.js';

export interface EmbeddedSubscriptionContext {
  readonly tables: LogTables;
  readonly member: string;
  /** No other process can be a member. */
  readonly alone: boolean;
  readonly memberTimeoutMs: number;
  readonly recent: (partitionId: number) => RecentMessages | undefined;
}

const log = createLogger('event-log');

/**
 * One member of a group. Members show that they are alive by a row each; everybody computes the same share of the
 * partitions from them. Two members may read a partition for a moment: the consumer's compare-and-set decides.
 */
export class EmbeddedSubscription implements Subscription {
  readonly #options: SubscribeOptions;
  readonly #context: EmbeddedSubscriptionContext;
  readonly #closing = new AbortController();
  readonly #readers = new Map<string, PartitionReader>();
  readonly #members: TurnLoop;
  #share = '';
  #assignment = new AbortController();
  #placing: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: SubscribeOptions, context: EmbeddedSubscriptionContext) {
    this.#options = options;
    this.#context = context;
    this.#members = new TurnLoop({
      name: `membership in ${options.group}`,
      log,
      turn: () => this.#assign(),
      backoff: { baseMs: 50, maxMs: context.memberTimeoutMs / 3 },
    });
  }

  start(): void {
    this.#members.start();
  }

  /** Something was published: to these partitions, or nobody knows. */
  wake(partitionIds?: { has(id: number): boolean }): void {
    for (const reader of this.#readers.values()) {
      if (partitionIds === undefined || partitionIds.has(reader.partitionId)) reader.wake();
    }
    if (partitionIds === undefined && !this.#context.alone) this.#members.wake();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#members.stop();
    await this.#release();
    if (!this.#context.alone) {
      await this.#context.tables.leave(this.#options.group, this.#context.member).catch(() => undefined);
    }
  }

  async #assign(): Promise<number> {
    const { tables, member, alone, memberTimeoutMs } = this.#context;
    const { group, topics } = this.#options;
    const members = alone ? [member] : await tables.heartbeat(group, member, memberTimeoutMs);
    const held = await tables.bounds(topics);
    const mine = held.filter((_partition, index) => members[index % members.length] === member);
    const share = mine.map(({ id }) => id).join();
    if (share !== this.#share) {
      await this.#release();
      this.#share = share;
      this.#assignment = new AbortController();
      this.#place(mine);
    }
    return alone ? Infinity : memberTimeoutMs / 3;
  }

  async #release(): Promise<void> {
    this.#assignment.abort();
    await this.#placing;
    await Promise.all([...this.#readers.values()].map((reader) => reader.stopped));
    this.#readers.clear();
    this.#options.subscriber.unassigned();
  }

  #place(partitions: readonly LogPartition[]): void {
    const signal = AbortSignal.any([this.#assignment.signal, this.#closing.signal]);
    const before = this.#placing;
    this.#placing = before.then(() => this.#placed(partitions, signal));
  }

  async #placed(partitions: readonly LogPartition[], signal: AbortSignal): Promise<void> {
    const stopped = () => signal.aborted;
    for (let failures = 1; !stopped(); failures += 1) {
      try {
        const held = await this.#current(partitions);
        const places = await this.#options.subscriber.assigned(held, signal);
        if (stopped()) return;
        for (const { topic, partition, offset } of places) {
          const placed = held.find((bounds) => bounds.topic === topic && bounds.partition === partition);
          if (placed) this.#read(placed, offset, signal);
        }
        return;
      } catch (error) {
        if (stopped()) return;
        log.warn({ err: error, group: this.#options.group }, 'no place in the log yet, asking again');
        await pause(backoffMs(failures, { baseMs: 50, maxMs: 5_000 }), signal);
      }
    }
  }

  #read(partition: LogPartition, from: string, signal: AbortSignal): void {
    const reader = new PartitionReader({
      partition,
      from,
      signal,
      wakeup: new Signal(),
      tables: this.#context.tables,
      recent: () => this.#context.recent(partition.id),
      alone: this.#context.alone,
      handle: (batch) => this.#options.subscriber.handle(batch),
      astray: () => this.#place([partition]),
    });
    this.#readers.set(`${partition.topic}/${partition.partition}`, reader);
  }

  /** The same partitions as they are now: with other bounds, perhaps another id. */
  async #current(partitions: readonly LogPartition[]): Promise<(PartitionBounds & LogPartition)[]> {
    const held = await this.#context.tables.bounds(this.#options.topics);
    return partitions.map(({ topic, partition }) => {
      const current = held.find((bounds) => bounds.topic === topic && bounds.partition === partition);
      if (!current) throw unavailable('topicMissing', `there is no ${topic}/${partition} in the event log`);
      return current;
    });
  }
}
