import type { LogMessage } from '@carillon/event-store';
import type { Message, Producer, TopicMessages } from 'kafkajs';
import { brokerUnavailable, type KafkaConnection, withTimeout } from './connection.js';
import { toHeaders } from './message-headers.js';

const BYTES_PER_REQUEST = 512 * 1024;
const MESSAGES_PER_REQUEST = 2_000;

/**
 * Publishes in ascending order: one call after the other, one request in flight, each acknowledged by all in-sync
 * replicas. After a failure the producer is thrown away: its sequence numbers may be ahead of the broker's, and a
 * topic that was created again knows none of them.
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
    try {
      await withTimeout('publish', requestTimeoutMs * 2, async () => {
        const producer = this.#producer ?? (await this.#connect());
        await producer.sendBatch({ topicMessages, acks: -1, timeout: requestTimeoutMs });
      });
    } catch (error) {
      this.#giveUpProducer();
      throw brokerUnavailable('acknowledge what was published', error);
    }
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

function* requestsOf(messages: readonly LogMessage[]): Generator<LogMessage[]> {
  let request: LogMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (request.length === MESSAGES_PER_REQUEST || (request.length > 0 && bytes > BYTES_PER_REQUEST)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += message.value.byteLength + 512;
  }
  if (request.length > 0) yield request;
}
