import { createLogger, retrying } from '@carillon/service-runtime';
import type { Applier } from './applier.js';
import type { Partition } from './partition.js';
import { earliest, type Refill, type RefillPage, refillPages } from './refill.js';

export interface RefillerOptions {
  /** The consumer's, for the log. */
  readonly name: string;
  readonly refill: Readonly<Record<string, Refill>>;
  readonly publishers: Readonly<Record<string, readonly string[]>>;
  readonly pageSize: number;
  /** Of a topic. */
  partitions(topic: string): number;
}

const log = createLogger('event-log');

/** Gets from the owners of events what the log does not hold. */
export class Refiller {
  readonly #options: RefillerOptions;
  readonly #applier: Applier;

  constructor(options: RefillerOptions, applier: Applier) {
    this.#options = options;
    this.#applier = applier;
  }

  /** Brings the partitions to where their sources are now, one pass over the events of each source and topic. */
  async refill(lost: readonly Partition[], signal: AbortSignal): Promise<void> {
    for (const topic of new Set(lost.map((partition) => partition.topic))) {
      const partitions = lost.filter((partition) => partition.topic === topic);
      for (const [source, ask] of Object.entries(this.#options.refill)) {
        const publishers = this.#options.publishers[topic];
        if (publishers && !publishers.includes(source)) continue;
        for await (const { messages, upTo } of this.#pages(source, topic, ask, partitions, signal)) {
          for (const partition of partitions) {
            await this.#applier.apply(partition, messages.get(partition.partition) ?? [], signal);
            if (upTo) await this.#applier.advance(partition, source, upTo, signal);
          }
        }
      }
    }
  }

  #pages(
    source: string,
    topic: string,
    ask: Refill,
    partitions: readonly Partition[],
    signal: AbortSignal,
  ): AsyncGenerator<RefillPage> {
    const { name, pageSize } = this.#options;
    const onRetry = (error: unknown, attempt: number) => {
      if (attempt % 10 === 1) log.warn({ err: error, consumer: name, source }, 'cannot refill yet');
    };
    return refillPages({
      read: (request) => retrying({ signal, maxMs: 1_000, retryOn: () => true, onRetry }, () => ask(request)),
      source,
      topic,
      partitions: this.#options.partitions(topic),
      after: earliest(partitions.map(({ progress }) => progress.get(source)?.position)),
      pageSize,
    });
  }
}
