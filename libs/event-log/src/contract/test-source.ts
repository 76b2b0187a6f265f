import type { LogMessage } from '@carillon/event-store';
import type { EventLog } from '../event-log.js';
import type { RefillRequest, RefillResponse } from '../consumer/refill.js';
import { partitionOfKey } from '../partitioner.js';
import { BEGINNING, isLater } from '../source-position.js';

/** A service that publishes: it remembers all that it ever published, and answers for what a log has lost. */
export class TestSource {
  readonly name = 'test-source';
  readonly published: LogMessage[] = [];
  refills = 0;
  /** How many fit into one answer. */
  answersAtMost = Infinity;
  readonly #topic: string;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** The next messages, each with the next number as its value, on `keys` keys in turn. */
  next(count: number, keys = 3): LogMessage[] {
    const messages = Array.from({ length: count }, (): LogMessage => {
      const n = this.published.length + 1;
      const message = {
        topic: this.#topic,
        key: `key-${n % keys}`,
        headers: { ce_id: `event-${n}` },
        value: Buffer.from(String(n)),
        source: this.name,
        sourcePosition: { window: String(700 + Math.floor(n / 10)), position: String(n) },
      };
      this.published.push(message);
      return message;
    });
    return messages;
  }

  async publish(log: EventLog, count: number, keys?: number): Promise<LogMessage[]> {
    const messages = this.next(count, keys);
    await log.publish(this.linked(log, messages));
    return messages;
  }

  /** As a relay hands them to the log: each says what precedes it on its partition. */
  linked(log: EventLog, messages: readonly LogMessage[]): LogMessage[] {
    const of = ({ key }: LogMessage) => log.partitionOf(this.#topic, key);
    return messages.map((message) => {
      const earlier = this.published.slice(0, this.published.indexOf(message));
      const before = earlier.findLast((other) => of(other) === of(message));
      return { ...message, previous: before?.sourcePosition ?? BEGINNING };
    });
  }

  readonly readPublished = (request: RefillRequest): Promise<RefillResponse> => {
    this.refills += 1;
    const wanted = this.published
      .filter(({ topic, key }) => {
        const { partition, partitions } = request;
        return topic === request.topic && partitionOfKey(key, partitions) === partition;
      })
      .filter(({ sourcePosition }) => isLater(sourcePosition, request.after))
      .slice(0, request.limit)
      .map(({ key, sourcePosition, headers, value }) => ({ key, sourcePosition, headers, value }));
    const events = wanted.slice(0, this.answersAtMost);
    return Promise.resolve({ events, ...(events.length < wanted.length ? { more: true } : {}) });
  };
}
