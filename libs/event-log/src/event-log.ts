import type { LogMessage, PublicationLog } from '@carillon/event-store';

/** A message as a subscriber sees it: with its place in the log. */
export interface ReceivedMessage extends LogMessage {
  readonly partition: number;
  readonly offset: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a partition holds: offsets from `start` up to, without, `end`. Decimal text. */
export interface PartitionBounds extends TopicPartition {
  readonly start: string;
  readonly end: string;
}

export interface LogBatch extends TopicPartition {
  /** In the order of the log. Empty where it holds only what no relay wrote. */
  readonly messages: readonly ReceivedMessage[];
  /** The first offset that the log holds here, of whatever: it need not be where the last batch ended. */
  readonly from: string;
  /** Where the log is read on when all is handled. */
  readonly next: string;
  /** Of the partition. */
  readonly end: string;
  /** Aborted when the subscription closes or the partition is taken away: finish the work in hand, begin no more. */
  readonly signal: AbortSignal;
}

/** Keeps its own place: the log asks where to read and is told after each batch where to go on. */
export interface Subscriber {
  /**
   * Partitions are this subscriber's from now on (again after each rebalance), or one can no longer be read where it
   * stands. Answers the offset to read each from. Asked again after a while when it throws.
   */
  assigned(partitions: readonly PartitionBounds[], signal: AbortSignal): Promise<readonly PartitionPlace[]>;
  /** Nothing is this subscriber's until `assigned` is called again. */
  unassigned(): void;
  /** Told now and then how far partitions reach, of which others may hold some. */
  reached(partitions: readonly PartitionBounds[]): void;
  /** Handles a batch, one at a time for a partition, and answers the next offset to read. Read again when it throws. */
  handle(batch: LogBatch): Promise<string>;
}

export interface PartitionPlace extends TopicPartition {
  readonly offset: string;
}

export interface SubscribeOptions {
  /** Subscriptions with the same group share the partitions of the topics between them. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly subscriber: Subscriber;
}

export interface Subscription {
  /** Ends after the batch in hand and leaves the group. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * An ordered, partitioned log of messages. Order holds within a key of one topic. A message may be in the log more
 * than once (its publisher repeats what it got no answer for); consumers tell by the source position.
 */
export interface EventLog extends PublicationLog {
  /**
   * Appends in the order given; calls are served one after the other. When it returns, the messages survive the loss
   * of this process. Throws CarillonError unavailable when they may or may not be in the log: publish them again.
   */
  publish(messages: readonly LogMessage[]): Promise<void>;
  /** Returns at once; while the log is away the subscription waits and goes on by itself. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** The number of partitions of a topic, fixed at its creation. */
  partitions(topic: string): number;
  bounds(topics: readonly string[]): Promise<readonly PartitionBounds[]>;
  close(): Promise<void>;
}

export interface TopicOptions {
  readonly name: string;
  /** Only asked at the topic's creation; 12 in Kafka and 1 embedded unless told. */
  readonly partitions?: number;
}
