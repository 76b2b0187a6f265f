import { unavailable } from '@carillon/event-sourcing';
import type { LogMessage } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { readMetrics } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expected } from '../contract/event-log.contract.js';
import { TestProjection } from '../contract/test-projection.js';
import { TestSource } from '../contract/test-source.js';
import type { EventLog, PartitionBounds, Subscriber } from '../event-log.js';
import type { Refill } from './refill.js';

/** One partition as the test hands it to its only subscriber. */
class HandedLog implements EventLog {
  subscriber: Subscriber | undefined;
  end = 0;
  away = 0;
  readonly #signal = new AbortController().signal;

  subscribe({ subscriber }: { subscriber: Subscriber }) {
    this.subscriber = subscriber;
    return Promise.resolve({ close: () => Promise.resolve() });
  }

  bounds(): Promise<PartitionBounds[]> {
    if (this.away-- > 0) return Promise.reject(unavailable('brokerUnavailable', 'no broker answers'));
    return Promise.resolve([{ topic: 't', partition: 0, start: '0', end: String(this.end) }]);
  }

  async assign(): Promise<string | undefined> {
    const places = await this.subscriber?.assigned(await this.bounds(), this.#signal);
    return places?.[0]?.offset;
  }

  /** The messages from that offset on, and so many of others behind them. */
  hand(from: number, messages: readonly LogMessage[], foreign = 0): Promise<string> | undefined {
    const next = from + messages.length + foreign;
    return this.subscriber?.handle({
      ...{ topic: 't', partition: 0, signal: this.#signal },
      messages: messages.map((message, n) => ({ ...message, partition: 0, offset: String(from + n) })),
      ...{ from: String(from), next: String(next), end: String(Math.max(next, this.end)) },
    });
  }

  publish = () => Promise.resolve();
  partitions = () => 1;
  partitionOf = () => 0;
  close = () => Promise.resolve();
}

async function lagOf(consumer: string) {
  const lag = (await readMetrics()).find(({ name }) => name === 'scheduler_consumer_lag');
  return lag?.points
    .filter(({ attributes }) => attributes['consumer'] === consumer)
    .map(({ value }) => value);
}

describe('Consumer', () => {
  let postgres: FreshDatabase;
  let projection: TestProjection;
  let log: HandedLog;
  let source: TestSource;
  let name: string;
  let consumers = 0;
  beforeAll(async () => {
    postgres = await freshDatabase();
    projection = await TestProjection.connect(postgres.url);
  });
  afterAll(async () => {
    await projection.close();
    await postgres.drop();
  });
  beforeEach(() => {
    name = `consumer-${(consumers += 1)}`;
    log = new HandedLog();
    source = new TestSource('t');
  });
  const started = (refill?: Refill) =>
    projection.consumer({
      ...{ name, log, topics: ['t'] },
      ...(refill ? { refill: { [source.name]: refill } } : {}),
    });
  const effects = () => projection.effects(name);

  describe('one that finds another log under the same name', () => {
    afterEach(() => (log.away = 0));

    it('reads it from its start, though that could not be asked for at first', async () => {
      const first = started();
      expect(await log.assign()).toBe('0');
      expect(await log.hand(0, source.next(3, 1))).toBe('3');
      await first.stop();
      log.end = 3;
      started();
      expect(await log.assign()).toBe('2');
      const others = source.next(3, 1);
      log.away = 1;
      await expect(log.hand(2, others.slice(2))).rejects.toMatchObject({ kind: 'unavailable' });
      expect(await log.hand(2, others.slice(2))).toBe('0');
      expect(await log.hand(0, others)).toBe('3');
      expect(await effects()).toEqual(expected(source.published));
    });
  });

  describe('one whose log misses events', () => {
    const missing = async () => {
      expect(await log.assign()).toBe('0');
      const messages = source.linked(log, source.next(6, 1));
      await log.hand(0, messages.slice(0, 1));
      expect(await log.hand(1, messages.slice(5))).toBe('2');
    };

    it('asks their owner until it has them, however little that answers', async () => {
      source.answersAtMost = 1;
      started(async (request) => ({ events: (await source.readPublished(request)).events }));
      await missing();
      expect(await effects()).toEqual(expected(source.published));
    });

    it('goes on when their owner does not have them either', async () => {
      started(() => Promise.resolve({ events: [] }));
      await missing();
      expect(await effects()).toEqual({ 'key-0': [1, 6] });
    });
  });

  it('goes on behind what no relay wrote, and asks nobody for it', async () => {
    const consumer = started(source.readPublished);
    await log.assign();
    const asked = source.refills;
    expect(await log.hand(0, source.next(2, 1), 1)).toBe('3');
    expect(await log.hand(3, [], 1)).toBe('4');
    log.end = 4;
    await consumer.caughtUp();
    expect(await lagOf(name)).toEqual([0]);
    expect(await log.hand(4, source.next(1, 1))).toBe('5');
    expect(source.refills).toBe(asked);
  });

  it('says how far it is behind, also while it waits for its place or reads nothing', async () => {
    let answer = (): void => undefined;
    const owner = new Promise<void>((resolve) => (answer = resolve));
    started(async (request) => {
      await owner;
      return source.readPublished(request);
    });
    log.end = 5;
    const placed = log.assign();
    await expect.poll(() => lagOf(name), { timeout: 5_000 }).toEqual([5]);
    const reached = (end: number) => {
      const bounds = { topic: 't', partition: 0, start: '0', end: String(end) };
      log.subscriber?.reached([bounds, { ...bounds, partition: 1, end: '1000' }]);
    };
    reached(8);
    expect(await lagOf(name)).toEqual([8]);
    answer();
    expect(await placed).toBe('0');
    await log.hand(0, source.next(8, 1));
    expect(await lagOf(name)).toEqual([0]);
    reached(10);
    expect(await lagOf(name)).toEqual([2]);
    log.subscriber?.unassigned();
    reached(12);
    expect(await lagOf(name)).toEqual([]);
  });
});
