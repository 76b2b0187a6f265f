import { backoffMs, createLogger, pause } from '@carillon/service-runtime';
import type { PartitionBounds, SubscribeOptions, Subscription } from '../event-log.js';
import type { KafkaConnection } from './connection.js';
import { GroupSession, type KafkaSubscriptionSettings } from './group-session.js';

const log = createLogger('event-log');

/**
 * One member of a Kafka group. After each join all partitions are paused until the subscriber has said where to read,
 * so nothing is delivered from Kafka's own offsets: those are committed now and then, only for people's tools.
 * A client that crashed is thrown away and built anew.
 */
export class KafkaSubscription implements Subscription {
  readonly #connection: KafkaConnection;
  readonly #options: SubscribeOptions;
  readonly #settings: KafkaSubscriptionSettings;
  readonly #bounds: (topics: readonly string[]) => Promise<readonly PartitionBounds[]>;
  readonly #closing = new AbortController();
  #supervising: Promise<void> | undefined;

  constructor(
    connection: KafkaConnection,
    options: SubscribeOptions,
    settings: KafkaSubscriptionSettings,
    bounds: (topics: readonly string[]) => Promise<readonly PartitionBounds[]>,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#settings = settings;
    this.#bounds = bounds;
  }

  start(): void {
    this.#supervising ??= this.#supervise();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#supervising;
  }

  /** Also while nothing is read, so that a reader knows how far it falls behind. */
  async #tellReach(): Promise<void> {
    const bounds = await this.#bounds(this.#options.topics).catch(() => []);
    this.#options.subscriber.reached(bounds);
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const began = Date.now();
      const session = new GroupSession(this.#connection, this.#options, this.#settings, this.#bounds, signal);
      const error = await session.run();
      if (error === undefined) continue;
      failures = Date.now() - began > 30_000 ? 1 : failures + 1;
      log.warn({ err: error, group: this.#options.group }, 'lost the Kafka group, joining it again');
      void this.#tellReach();
      await pause(backoffMs(failures, { baseMs: 100, maxMs: 5_000 }), signal);
    }
  }
}
