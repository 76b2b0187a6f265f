import { backoffMs, createLogger, pause } from '@carillon/service-runtime';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { PartitionBounds, PartitionPlace, SubscribeOptions } from '../event-log.js';
import type { KafkaConnection } from './connection.js';
import { toReceived } from './message-headers.js';

export interface KafkaSubscriptionSettings {
  /** After this long without a heartbeat a member's partitions go to the others. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long the others wait for a member that is busy with a batch. */
  readonly rebalanceTimeoutMs: number;
  /** How often to look whether the places still lie within the log. */
  readonly boundsCheckMs: number;
  /** How long the broker may hold an empty fetch; also what a change of place may cost. */
  readonly fetchWaitMs: number;
}

const log = createLogger('event-log');
const MESSAGES_PER_BATCH = 500;

/** From connecting until the client crashes or the subscription closes. */
export class GroupSession {
  readonly #connection: KafkaConnection;
  readonly #options: SubscribeOptions;
  readonly #settings: KafkaSubscriptionSettings;
  readonly #bounds: (topics: readonly string[]) => Promise<readonly PartitionBounds[]>;
  readonly #closing: AbortSignal;
  /** Where each partition is read next; absent while the subscriber has not said. A new map after each join. */
  #places = new Map<string, string>();
  /** Aborted when the partitions are assigned anew. */
  #assignment = new AbortController();

  constructor(
    connection: KafkaConnection,
    options: SubscribeOptions,
    settings: KafkaSubscriptionSettings,
    bounds: (topics: readonly string[]) => Promise<readonly PartitionBounds[]>,
    closing: AbortSignal,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#settings = settings;
    this.#bounds = bounds;
    this.#closing = closing;
  }

  /** The error that ended it; undefined when it was closed. */
  async run(): Promise<unknown> {
    const { group, topics } = this.#options;
    const consumer = this.#connection.kafka.consumer({
      groupId: group,
      sessionTimeout: this.#settings.sessionTimeoutMs,
      heartbeatInterval: this.#settings.heartbeatMs,
      rebalanceTimeout: this.#settings.rebalanceTimeoutMs,
      maxWaitTimeInMs: this.#settings.fetchWaitMs,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        retries: 3,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    const close = () => end(undefined);
    consumer.on(consumer.events.CRASH, ({ payload }) => end(payload.error));
    this.#closing.addEventListener('abort', close, { once: true });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
      this.#joined(consumer, payload.memberAssignment),
    );
    const watch = setInterval(() => {
      // What it cannot do on a client that has crashed meanwhile, the next session does.
      this.#watchBounds(consumer).catch((error: unknown) => log.debug({ err: error }, 'bounds not checked'));
    }, this.#settings.boundsCheckMs);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        autoCommitInterval: 5_000,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: (payload) => this.#eachBatch(consumer, payload),
      });
      return await ended;
    } catch (error) {
      return error;
    } finally {
      clearInterval(watch);
      this.#closing.removeEventListener('abort', close);
      this.#assignment.abort();
      await consumer.disconnect().catch(() => undefined);
    }
  }

  /** Called between the join and the first fetch: nothing is fetched before the pause. */
  #joined(consumer: Consumer, assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#assignment.abort();
    this.#assignment = new AbortController();
    this.#places = new Map();
    this.#options.subscriber.unassigned();
    const keys = new Set<string>();
    for (const [topic, partitions] of Object.entries(assignment)) {
      consumer.pause([{ topic, partitions: [...partitions] }]);
      for (const partition of partitions) keys.add(keyOf({ topic, partition }));
    }
    const signal = AbortSignal.any([this.#assignment.signal, this.#closing]);
    void this.#place(consumer, (bounds) => keys.has(keyOf(bounds)), signal);
  }

  async #place(
    consumer: Consumer,
    wanted: (bounds: PartitionBounds) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const stopped = () => signal.aborted;
    for (let failures = 1; !stopped(); failures += 1) {
      try {
        const bounds = (await this.#bounds(this.#options.topics)).filter(wanted);
        const places = await this.#options.subscriber.assigned(bounds, signal);
        if (!stopped()) this.#resumeAt(consumer, places);
        return;
      } catch (error) {
        if (stopped()) return;
        log.warn({ err: error, group: this.#options.group }, 'no place in the log yet, asking again');
        await pause(backoffMs(failures, { baseMs: 100, maxMs: 5_000 }), signal);
      }
    }
  }

  #resumeAt(consumer: Consumer, places: readonly PartitionPlace[]): void {
    for (const { topic, partition, offset } of places) {
      this.#places.set(keyOf({ topic, partition }), offset);
      consumer.seek({ topic, partition, offset });
      consumer.resume([{ topic, partitions: [partition] }]);
    }
  }

  async #eachBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { topic, partition } = batch;
    const places = this.#places;
    const key = keyOf({ topic, partition });
    const heartbeat = keepAlive(payload, this.#settings.heartbeatMs);
    const signal = AbortSignal.any([heartbeat.signal, this.#closing, this.#assignment.signal]);
    const stopped = () => signal.aborted;
    try {
      for (let from = 0; from < batch.messages.length; from += MESSAGES_PER_BATCH) {
        if (stopped() || payload.isStale() || !places.has(key)) break;
        const slice = batch.messages.slice(from, from + MESSAGES_PER_BATCH);
        const last = slice.at(-1)?.offset ?? batch.lastOffset();
        const place = await this.#options.subscriber.handle({
          ...{ topic, partition, signal },
          messages: slice.flatMap((message) => toReceived(topic, partition, message) ?? []),
          from: slice[0]?.offset ?? last,
          next: next(last),
          end: batch.highWatermark,
        });
        if (stopped()) break;
        places.set(key, place);
        if (place !== next(last)) {
          consumer.seek({ topic, partition, offset: place });
          break;
        }
        payload.resolveOffset(last);
      }
      await payload.commitOffsetsIfNecessary().catch(() => undefined);
    } finally {
      heartbeat.stop();
    }
    if (heartbeat.failure !== undefined) throw heartbeat.failure as Error; // lets the client join again
  }

  /** Beyond the end of the log (its topic was created again) Kafka says nothing at all, so somebody has to look. */
  async #watchBounds(consumer: Consumer): Promise<void> {
    const { signal } = this.#assignment;
    const before = new Map(this.#places);
    const bounds = await this.#bounds(this.#options.topics).catch(() => []);
    this.#options.subscriber.reached(bounds);
    const astray = bounds.filter((held) => {
      const place = before.get(keyOf(held));
      if (place === undefined || place !== this.#places.get(keyOf(held))) return false;
      return BigInt(place) > BigInt(held.end) || BigInt(place) < BigInt(held.start);
    });
    if (astray.length === 0 || signal.aborted) return;
    for (const { topic, partition } of astray) {
      log.warn({ topic, partition }, 'the log does not reach the place of its reader');
      consumer.pause([{ topic, partitions: [partition] }]);
      this.#places.delete(keyOf({ topic, partition }));
    }
    const keys = new Set(astray.map(keyOf));
    await this.#place(consumer, (held) => keys.has(keyOf(held)), AbortSignal.any([signal, this.#closing]));
  }
}

/** Heartbeats while a batch is being handled; the first that is refused aborts the batch. */
function keepAlive(payload: EachBatchPayload, everyMs: number) {
  const lost = new AbortController();
  const state = {
    signal: lost.signal,
    failure: undefined as unknown,
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(() => {
    payload.heartbeat().catch((error: unknown) => {
      state.failure ??= error;
      lost.abort();
    });
  }, everyMs);
  return state;
}

const next = (offset: string) => String(BigInt(offset) + 1n);
const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;
