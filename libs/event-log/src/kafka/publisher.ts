import { unavailable } from '@carillon/event-sourcing';
import type { LogMessage } from '@carillon/event-store';
import type { KafkaJSProtocolError, Message, Producer, TopicMessages } from 'kafkajs';
import { brokerUnavailable, type KafkaConnection, withTimeout } from './connection.js';
import { toHeaders } from './message-headers.js';

/** What a request holds for one partition is one batch, of which brokers take 1 MiB unless told otherwise. */
const BYTES_PER_REQUEST = 512 * 1024;
const MESSAGES_PER_REQUEST = 2_000;

/**
 * Publishes in ascending order: one call after the other, one request in flight, each acknowledged by all in-sync
 * replicas. After a failure the producer is thrown away: its sequence numbers may be ahead of the broker's, and a
 * topic that was created again knows none of them. What a broker finds too large is sent again in halves, down to the
 * one message that is too large by itself: what follows it waits.
 */
export class KafkaPublisher {
  readonly #connection: KafkaConnection;
  readonly #partitionOf: (topic: string, key: string) => number;
  #producer: Producer | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(connection: KafkaConnection, partitionOf: (topic: string, key: string) => number) {
    this.#connection = connection;
    this.#partitionOf = partitionOf;
  }

  publish(messages: readonly LogMessage[]): Promise<void> {
    const published = this.#queue.then(async () => {
      for (const request of requestsOf(messages)) await this.#send(request);
    });
    this.#queue = published.catch(() => undefined);
    return published;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#producer?.disconnect();
    this.#producer = undefined;
  }

  async #send(messages: readonly LogMessage[]): Promise<void> {
    try {
      await this.#request(messages);
    } catch (error) {
      this.#giveUpProducer();
      if (!isTooLarge(error)) throw brokerUnavailable('acknowledge what was published', error);
      const [first] = messages;
      if (first && messages.length === 1) throw messageTooLarge(first, error);
      const half = Math.ceil(messages.length / 2);
      await this.#send(messages.slice(0, half));
      await this.#send(messages.slice(half));
    }
  }

  async #request(messages: readonly LogMessage[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const message of messages) {
      const ofTopic = byTopic.get(message.topic) ?? [];
      byTopic.set(message.topic, ofTopic);
      ofTopic.push({
        key: message.key,
        value: Buffer.from(message.value.buffer, message.value.byteOffset, message.value.byteLength),
        partition: this.#partitionOf(message.topic, message.key),
        headers: toHeaders(message),
      });
    }
    const topicMessages: TopicMessages[] = Array.from(byTopic, ([topic, ofTopic]) => ({
      topic,
      messages: ofTopic,
    }));
    const { requestTimeoutMs } = this.#connection;
    await withTimeout('publish', requestTimeoutMs * 2, async () => {
      const producer = this.#producer ?? (await this.#connect());
      await producer.sendBatch({ topicMessages, acks: -1, timeout: requestTimeoutMs });
    });
  }

  async #connect(): Promise<Producer> {
    const producer = this.#connection.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
    });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }

  #giveUpProducer(): void {
    void this.#producer?.disconnect().catch(() => undefined);
    this.#producer = undefined;
  }
}

/** Kafka's refusals of what exceeds `max.message.bytes`, and of what exceeds a segment. */
const TOO_LARGE = new Set<unknown>(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

function isTooLarge(error: unknown): boolean {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (TOO_LARGE.has((one as KafkaJSProtocolError).type)) return true;
  }
  return false;
}

/** Unavailable, for that can be changed: a broker that is told to take it does. */
const messageTooLarge = ({ topic, key, value: { byteLength: bytes } }: LogMessage, cause: unknown) =>
  unavailable(
    'messageTooLarge',
    `${topic} takes no message of ${bytes} bytes, which one of ${key} has: it and what follows wait until max.message.bytes of the topic, or message.max.bytes of its brokers, allows for it`,
    cause,
    { topic, key, bytes },
  );

function* requestsOf(messages: readonly LogMessage[]): Generator<LogMessage[]> {
  let request: LogMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const more = message.value.byteLength + 512;
    if (request.length === MESSAGES_PER_REQUEST || (request.length > 0 && bytes + more > BYTES_PER_REQUEST)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += more;
  }
  if (request.length > 0) yield request;
}
