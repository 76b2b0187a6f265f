import { unavailable } from '@carillon/event-sourcing';
import {
  type EventLog,
  type LogMessage,
  partitionOfKey,
  type PartitionBounds,
  type SubscribeOptions,
  type Subscription,
} from '@carillon/event-log';
import { type Broker, type LogFaults, LogPartition } from './log-partition.js';
import { LogGroup, type Member } from './memory-log-group.js';
import type { Random } from './random.js';
import { asError } from './violation.js';
import type { Part, VirtualClock } from './virtual-clock.js';

const UNFAULTY: LogFaults = { publishFate: () => 'done', fetchMs: () => 0.5 };
const RETAINED = 200;

/** A broker as Kafka is one to its clients: partitions, groups whose members come and go, offsets that groups have reached. */
export class MemoryLog implements Broker {
  readonly clock: VirtualClock;
  readonly topics = new Map<string, LogPartition[]>();
  readonly groups = new Map<string, LogGroup>();
  readonly random: Random;
  faults: LogFaults = UNFAULTY;
  isAway = false;
  messages = 0;

  constructor(
    clock: VirtualClock,
    topics: readonly { readonly name: string; readonly partitions: number }[],
  ) {
    this.clock = clock;
    this.random = clock.random.fork();
    for (const { name, partitions } of topics) this.ensureTopic(name, partitions);
  }

  /** Creates it unless it is there. */
  ensureTopic(name: string, partitions: number): void {
    if (this.topics.has(name)) return;
    const made = Array.from({ length: partitions }, (_, partition) => new LogPartition(name, partition));
    this.topics.set(name, made);
  }

  connect(part: Part): EventLog {
    return new MemoryLogClient(this, part);
  }

  partitionsOf(topic: string): readonly LogPartition[] {
    const partitions = this.topics.get(topic);
    if (partitions === undefined) throw new Error(`there is no topic ${topic}`);
    return partitions;
  }

  partitionOf(topic: string, key: string): number {
    return partitionOfKey(key, this.partitionsOf(topic).length);
  }

  append(message: LogMessage): void {
    const number = this.partitionOf(message.topic, message.key);
    const partition = this.partitionsOf(message.topic)[number] as LogPartition;
    partition.messages.push({
      ...message,
      partition: partition.partition,
      offset: String(partition.end),
    });
    this.messages += 1;
    for (const read of partition.readers) read();
  }

  /** Retention came before the consumers: whatever they have not read is to be had from its owners only. */
  loseAll(topic: string): void {
    for (const partition of this.partitionsOf(topic)) partition.truncate(partition.end);
  }

  /** The topic was deleted and created again: offsets begin anew. */
  recreate(topic: string): void {
    for (const partition of this.partitionsOf(topic)) {
      partition.messages = [];
      partition.start = 0;
      for (const read of partition.readers) read();
    }
  }

  /** Forgets what every group has passed, but for the last ones. */
  prune(): void {
    for (const [topic, partitions] of this.topics) {
      const groups = [...this.groups.values()].filter(({ topics }) => topics.includes(topic));
      if (groups.length === 0) continue;
      for (const partition of partitions) {
        const reached = Math.min(...groups.map((group) => group.reachedOf(partition)));
        partition.truncate(reached - RETAINED);
      }
    }
  }

  /** The group notices that they are gone when they have missed their heartbeats. */
  partSilent(part: Part): void {
    for (const group of this.groups.values()) group.partSilent(part);
  }
}

class MemoryLogClient implements EventLog {
  readonly #log: MemoryLog;
  readonly #part: Part;
  readonly #members = new Set<Member>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(log: MemoryLog, part: Part) {
    this.#log = log;
    this.#part = part;
  }

  publish(messages: readonly LogMessage[]): Promise<void> {
    const published = this.#queue.then(() => this.#publish(messages));
    this.#queue = published.catch(() => undefined);
    return published;
  }

  subscribe({ group: name, topics, subscriber }: SubscribeOptions): Promise<Subscription> {
    const log = this.#log;
    const group = log.groups.get(name) ?? new LogGroup(log, name, topics);
    log.groups.set(name, group);
    const member = group.join(this.#part, subscriber);
    this.#members.add(member);
    return Promise.resolve({ close: () => group.leave(member) });
  }

  partitionOf(topic: string, key: string): number {
    return this.#log.partitionOf(topic, key);
  }

  partitions(topic: string): number {
    return this.#log.partitionsOf(topic).length;
  }

  bounds(topics: readonly string[]): Promise<readonly PartitionBounds[]> {
    return this.#request(() =>
      topics.flatMap((topic) => this.#log.partitionsOf(topic).map(({ bounds }) => bounds)),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.group.leave(member)));
    await this.#queue;
  }

  async #publish(messages: readonly LogMessage[]): Promise<void> {
    const fate = this.#log.faults.publishFate();
    await this.#request(() => {
      if (fate === 'lost') throw noAnswer();
      const taken = fate === 'half' ? messages.slice(0, Math.ceil(messages.length / 2)) : messages;
      for (const message of taken) this.#log.append(message);
      if (fate !== 'done') throw noAnswer();
    });
  }

  #request<T>(act: () => T): Promise<T> {
    const { clock, random } = this.#log;
    return new Promise((resolve, reject) => {
      clock.after(random.between(0.1, 1), undefined, () => {
        try {
          if (this.#log.isAway) throw noAnswer();
          const answer = act();
          clock.after(random.between(0.1, 1), this.#part, () => resolve(answer));
        } catch (error) {
          clock.after(random.between(10, 3_000), this.#part, () => reject(asError(error)));
        }
      });
    });
  }
}

const noAnswer = () => unavailable('logUnavailable', 'the log does not answer');
