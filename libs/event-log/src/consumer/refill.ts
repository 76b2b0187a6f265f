import type { SourcePosition } from '@carillon/event-store';
import { compareSourcePositions } from '@carillon/event-store';
import type { ReceivedMessage } from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';

/** As in carillon.v1.EventSource, which owners of events answer. */
export interface RefillRequest {
  topic: string;
  partition: number;
  partitions: number;
  after?: SourcePosition;
  limit: number;
  maxBytes: number;
}

export interface RefillResponse {
  events: readonly {
    key: string;
    sourcePosition: SourcePosition;
    headers: Record<string, string>;
    value: Uint8Array;
  }[];
  more?: boolean;
}

export type Refill = (request: RefillRequest) => Promise<RefillResponse>;

/** Of one answer, but for its last event: gRPC takes 64 MiB, and a definition of a job may have nearly one. */
const BYTES_AT_ONCE = 8 * 1024 * 1024;

export interface RefillPage {
  /** By partition, in order. */
  readonly messages: ReadonlyMap<number, readonly ReceivedMessage[]>;
  /** No event of the topic at or before this is missing from this page and those before it. */
  readonly upTo: SourcePosition | undefined;
}

/** Page by page what a source published on a topic after a position, for all partitions in one pass over its events. */
export async function* refillPages(options: {
  read: Refill;
  source: string;
  topic: string;
  partitions: number;
  after: SourcePosition | undefined;
  pageSize: number;
}): AsyncGenerator<RefillPage> {
  const { read, source, topic, partitions, pageSize } = options;
  let after = options.after;
  for (;;) {
    const { events, more = false } = await read({
      ...{ topic, partition: 0, partitions: 1, limit: pageSize, maxBytes: BYTES_AT_ONCE },
      ...(after ? { after } : {}),
    });
    const messages = new Map<number, ReceivedMessage[]>();
    for (const { key, sourcePosition, headers, value } of events) {
      const partition = partitionOfKey(key, partitions);
      const ofPartition = messages.get(partition) ?? [];
      messages.set(partition, ofPartition);
      ofPartition.push({ topic, partition, offset: '', source, sourcePosition, key, headers, value });
    }
    after = events.at(-1)?.sourcePosition ?? after;
    yield { messages, upTo: after };
    if (events.length < pageSize && !more) return;
  }
}

/** The earliest; undefined when one of them is, which is earlier than everything. */
export function earliest(positions: readonly (SourcePosition | undefined)[]): SourcePosition | undefined {
  let first = positions[0];
  for (const position of positions) {
    if (position === undefined || first === undefined) return undefined;
    if (compareSourcePositions(position, first) < 0) first = position;
  }
  return first;
}
