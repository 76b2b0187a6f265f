import type { PartitionBounds, ReceivedMessage, TopicPartition } from '@carillon/event-log';
import type { Random } from './random.js';
import type { VirtualClock } from './virtual-clock.js';

/** What may become of a publication. `unanswered`: it is in the log, and the publisher does not hear so. */
export type PublishFate = 'done' | 'lost' | 'unanswered' | 'half';

export interface LogFaults {
  publishFate(): PublishFate;
  /** How long a partition takes to be read, milliseconds: topics and partitions overtake each other. */
  fetchMs(): number;
}

/** One partition as the broker holds it; offsets from `start` on. */
export class LogPartition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  start = 0;
  messages: ReceivedMessage[] = [];
  readonly readers = new Set<() => void>();

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get end(): number {
    return this.start + this.messages.length;
  }

  get bounds(): PartitionBounds {
    const { topic, partition, start, end } = this;
    return { topic, partition, start: String(start), end: String(end) };
  }

  /** Forgets what lies before an offset. */
  truncate(before: number): ReceivedMessage[] {
    const gone = this.messages.splice(0, Math.max(0, before - this.start));
    this.start += gone.length;
    return gone;
  }
}

/** What groups ask of the broker. */
export interface Broker {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: LogFaults;
  readonly isAway: boolean;
  partitionsOf(topic: string): readonly LogPartition[];
}
