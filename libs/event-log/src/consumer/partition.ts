import type { PartitionBounds, ReceivedMessage, TopicPartition } from '../event-log.js';
import { BEGINNING, isLater, sameSourcePosition } from '../source-position.js';
import type { PartitionProgress } from './applier.js';
import type { ProgressBySource } from './positions.js';

/** How far a consumer is in a partition, and how far that reaches. */
export interface Reading extends TopicPartition {
  /** The offset to be read next. */
  next: string;
  end: string;
}

/** A partition that a consumer reads. */
export interface Partition extends PartitionProgress, Reading {
  /** The first message has to be the one that was handled last; if not, this is another log under the same name. */
  verify: boolean;
}

/** Where to read a partition: at the event handled last, to see that it is still there; else from the start. */
export function placed(bounds: PartitionBounds, progress: ProgressBySource): Partition {
  const offsets = [...progress.values()].flatMap(({ logOffset }) =>
    logOffset === undefined ? [] : BigInt(logOffset),
  );
  const last = offsets.reduce((a, b) => (a > b ? a : b), -1n);
  const held = last >= BigInt(bounds.start) && last < BigInt(bounds.end);
  const { topic, partition, start, end } = bounds;
  return {
    topic,
    partition,
    progress: new Map(progress),
    next: held ? String(last) : start,
    verify: held,
    end,
  };
}

export function isPlaceOf(partition: Partition, message: ReceivedMessage): boolean {
  const known = partition.progress.get(message.source);
  return known?.logOffset === message.offset && sameSourcePosition(known.position, message.sourcePosition);
}

/** Something that is another once more was seen of any source. */
export function seenBy({ progress }: Partition): string {
  return JSON.stringify(Array.from(progress, ([source, { position }]) => [source, position]));
}

/** Whether a message says that its source published something before it which was never seen here. */
export function missesSome(partition: Partition, messages: readonly ReceivedMessage[]): boolean {
  const seen = new Map([...partition.progress].map(([source, { position }]) => [source, position]));
  for (const { source, sourcePosition, previous } of messages) {
    const known = seen.get(source);
    if (!isLater(sourcePosition, known)) continue;
    if (previous && isLater(previous, known ?? BEGINNING)) return true;
    seen.set(source, sourcePosition);
  }
  return false;
}
