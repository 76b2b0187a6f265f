import type { SourcePosition } from './messages.js';
import { readPage, START, toMessages, type ToPublic } from './publication.js';
import { prepared, type Queries } from './transaction.js';
import type { Upcasters } from './upcasters.js';

/** As in carillon.v1.EventSource: of a topic, the events whose keys fall into one of so many partitions. */
export interface ReadPublished {
  readonly topic: string;
  readonly partition: number;
  readonly partitions: number;
  /** From the beginning unless given. */
  readonly after?: SourcePosition;
  readonly limit: number;
  /** Of values: the answer ends with the event that reaches it. */
  readonly maxBytes?: number;
}

export interface Published {
  /** Fewer than asked for, and no `more`: that was all for now. */
  readonly events: readonly {
    readonly key: string;
    readonly sourcePosition: SourcePosition;
    readonly headers: Record<string, string>;
    readonly value: Uint8Array;
  }[];
  /** `maxBytes` were reached before the limit. */
  readonly more?: boolean;
}

export interface PublishedEventsOptions {
  readonly database: Queries;
  readonly source: string;
  readonly toPublic: ToPublic;
  readonly partitionOf: (key: string, partitions: number) => number;
  readonly upcasters?: Upcasters;
}

const RELAY_BOUND = prepared('SELECT final_before FROM relay_cursors WHERE source = $1');

/** What the owner answers when the log does not reach back: the messages that the relay sent, at the same places. */
export class PublishedEvents {
  readonly #options: PublishedEventsOptions;

  constructor(options: PublishedEventsOptions) {
    this.#options = options;
  }

  async readPublished({
    topic,
    partition,
    partitions,
    after,
    limit,
    maxBytes = Infinity,
  }: ReadPublished): Promise<Published> {
    const { database, source, toPublic, partitionOf, upcasters = {} } = this.#options;
    const found: Published['events'][number][] = [];
    let bytes = 0;
    const [relay] = await database.query<{ final_before: string }>(RELAY_BOUND, [source]);
    const knownFinalBefore = relay?.final_before ?? '0'; // no less than what the relay has published
    for (let place = after ?? START; ; ) {
      const { final, isFull } = await readPage(database, {
        after: place,
        size: 500,
        knownFinalBefore,
        upcasters,
      });
      for (const { key, headers, value, sourcePosition, topic: of } of toMessages(source, final, toPublic)) {
        if (of !== topic || partitionOf(key, partitions) !== partition) continue;
        found.push({ key, sourcePosition, headers: { ...headers }, value });
        bytes += value.byteLength;
        if (found.length >= limit) return { events: found };
        if (bytes >= maxBytes) return { events: found, more: true };
      }
      const last = final.at(-1);
      if (!last || !isFull) return { events: found };
      place = last.sourcePosition;
    }
  }
}
