import { invalid, unavailable } from '@carillon/event-sourcing';
import type { LogMessage } from '@carillon/event-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageHandler } from '../consumer/message-handler.js';
import { DeadLetters } from '../consumer/dead-letters.js';
import type { EventLog, ReceivedMessage, TopicOptions } from '../event-log.js';
import { type TestProjection, valueOf } from './test-projection.js';
import { TestSource } from './test-source.js';

/** A log with what a test does to it behind its back. */
export interface LogRig {
  open(topics: readonly TopicOptions[]): Promise<EventLog>;
  recreate(topic: TopicOptions): Promise<void>;
  /** Removes all messages that the topic holds now. */
  truncate(topic: string): Promise<void>;
  close(): Promise<void>;
}

export interface LogUnderTest<Rig extends LogRig = LogRig> {
  readonly rig: Rig;
  readonly projection: TestProjection;
  /** Ends all connections to the projection's database. */
  cutDatabase(): Promise<void>;
  drop(): Promise<void>;
}

export interface LogAdapter<Rig extends LogRig = LogRig> {
  readonly adapter: string;
  readonly skipped: boolean;
  /** All that opens the log is one process: nobody shares its partitions. */
  readonly oneProcess: boolean;
  readonly start: () => Promise<LogUnderTest<Rig>>;
}

/** What a case that one adapter has for itself finds. */
export interface Case<Rig extends LogRig> {
  readonly run: ReturnType<typeof it.skipIf>;
  readonly under: LogUnderTest<Rig>;
  readonly source: TestSource;
  readonly topic: string;
  open(partitions?: number): Promise<EventLog>;
}

/** By key, what is to be seen of the messages. */
export function expected(messages: readonly LogMessage[]): Record<string, number[]> {
  const byKey: Record<string, number[]> = {};
  for (const { key, value } of messages) (byKey[key] ??= []).push(Number(Buffer.from(value)));
  return byKey;
}

/** What every log does, with a consumer on it. `more` declares what only this one can show. */
export function eventLogContract<Rig extends LogRig>(
  { adapter, skipped, oneProcess, start }: LogAdapter<Rig>,
  more: (at: Case<Rig>) => void = () => undefined,
): void {
  describe(`the event log contract on ${adapter}`, () => {
    let under: LogUnderTest<Rig>;
    let projection: TestProjection;
    let log: EventLog;
    let source: TestSource;
    let topic: string;
    let cases = 0;
    const opened: EventLog[] = [];

    const open = async (partitions = 3) => {
      const [only] = opened;
      if (only && oneProcess) return only;
      const eventLog = await under.rig.open([{ name: topic, partitions }]);
      opened.push(eventLog);
      return eventLog;
    };
    /** Publishes as a relay does: the same again until it is acknowledged. */
    const relay = async (count: number) => {
      const messages = source.next(count);
      const attempt = () => log.publish(source.linked(log, messages)).then(() => 'published', String);
      await expect.poll(attempt, { timeout: 40_000 }).toBe('published');
    };
    const refill = () => ({ [source.name]: source.readPublished });

    beforeEach(async () => {
      if (skipped) return;
      cases += 1;
      topic = `contract.${process.pid}.${Date.now()}.${cases}`;
      source = new TestSource(topic);
      under = await start();
      projection = under.projection;
    });

    afterEach(async () => {
      if (skipped) return;
      await projection.close();
      await Promise.all(opened.splice(0).map((eventLog) => eventLog.close()));
      await under.rig.close();
      await under.drop();
    });

    const run = it.skipIf(skipped);

    run(
      'delivers the messages of a key in order, in batches, with everything that was published',
      async () => {
        log = await open();
        const received: ReceivedMessage[] = [];
        const messages = await source.publish(log, 300, 7);
        const consumer = projection.consumer({
          name: 'order',
          log,
          topics: [topic],
          afterCommit: (batch) => void received.push(...batch),
        });
        await consumer.caughtUp();
        messages.push(...(await source.publish(log, 50, 7)));
        await consumer.caughtUp();
        expect(await projection.effects('order')).toEqual(expected(messages));
        expect(received).toHaveLength(350);
        const first = received.find((message) => valueOf(message) === '1');
        expect(first).toMatchObject({
          topic,
          key: 'key-1',
          headers: { ce_id: 'event-1' },
          source: 'test-source',
          sourcePosition: { window: '700', position: '1' },
        });
      },
    );

    run('gives every group everything', async () => {
      log = await open();
      const messages = await source.publish(log, 30);
      const consumers = ['a', 'b', 'c'].map((name) => projection.consumer({ name, log, topics: [topic] }));
      await Promise.all(consumers.map((consumer) => consumer.caughtUp()));
      for (const name of ['a', 'b', 'c']) expect(await projection.effects(name)).toEqual(expected(messages));
    });

    run('goes on where it stopped', async () => {
      log = await open();
      const messages = await source.publish(log, 20);
      const first = projection.consumer({ name: 'resume', log, topics: [topic] });
      await first.caughtUp();
      await first.stop();
      messages.push(...(await source.publish(log, 20)));
      const second = projection.consumer({
        name: 'resume',
        log: await open(),
        topics: [topic],
        refill: refill(),
      });
      await second.caughtUp();
      expect(await projection.effects('resume')).toEqual(expected(messages));
      await second.stop();
      const third = projection.consumer({ name: 'resume', log: await open(), topics: [topic] });
      await third.caughtUp();
      expect(await projection.effects('resume')).toEqual(expected(messages));
    });

    run('has no second effect when a relay that was killed after publishing repeats itself', async () => {
      log = await open();
      const consumer = projection.consumer({ name: 'repeat', log, topics: [topic] });
      const messages = await source.publish(log, 25);
      await consumer.caughtUp();
      const restarted = await open();
      await restarted.publish(messages); // the same source positions at new offsets
      messages.push(...(await source.publish(restarted, 5)));
      await consumer.caughtUp();
      expect(await projection.effects('repeat')).toEqual(expected(messages));
      const bounds = await log.bounds([topic]);
      expect(bounds.reduce((sum, { end }) => sum + Number(end), 0)).toBe(55);
    });

    run('survives a topic that was created again while its consumer was away', async () => {
      log = await open();
      const first = projection.consumer({ name: 'recreated', log, topics: [topic], refill: refill() });
      await first.caughtUp();
      const messages = await source.publish(log, 20, 1);
      await first.caughtUp();
      await first.stop();
      messages.push(...(await source.publish(log, 10, 1))); // lost with the topic
      await under.rig.recreate({ name: topic, partitions: 3 });
      const after = await open();
      messages.push(...(await source.publish(after, 40, 1))); // offsets grow past the old place
      const second = projection.consumer({
        name: 'recreated',
        log: after,
        topics: [topic],
        refill: refill(),
      });
      await second.caughtUp();
      expect(await projection.effects('recreated')).toEqual(expected(messages));
    });

    run('survives a topic that is created again under a running consumer', async () => {
      log = await open();
      const consumer = projection.consumer({ name: 'under', log, topics: [topic], refill: refill() });
      await source.publish(log, 20);
      await consumer.caughtUp();
      await under.rig.recreate({ name: topic, partitions: 3 });
      await relay(3);
      await relay(30);
      await expect
        .poll(() => projection.effects('under'), { timeout: 40_000 })
        .toEqual(expected(source.published));
    });

    run('refills from the owner what the log no longer holds, then goes on', async () => {
      log = await open();
      const first = projection.consumer({ name: 'refill', log, topics: [topic], refill: refill() });
      await source.publish(log, 10);
      await first.caughtUp();
      await first.stop();
      await source.publish(log, 1_234);
      await under.rig.truncate(topic);
      const asked = source.refills;
      const second = projection.consumer({
        name: 'refill',
        log: await open(),
        topics: [topic],
        refill: refill(),
        refillPageSize: 100,
      });
      await source.publish(log, 10);
      await second.caughtUp();
      expect(await projection.effects('refill')).toEqual(expected(source.published));
      expect(source.refills).toBeGreaterThan(asked + 10);
    });

    run('gives a new consumer the history that the log never held', async () => {
      source.next(30); // published before this log was there
      source.answersAtMost = 7; // large ones
      log = await open();
      await source.publish(log, 5);
      const consumer = projection.consumer({ name: 'new', log, topics: [topic], refill: refill() });
      await consumer.caughtUp();
      expect(await projection.effects('new')).toEqual(expected(source.published));
    });

    run('puts a poison message aside with its reason, goes on, and replays it', async () => {
      log = await open();
      let cured = false;
      const seen: string[] = [];
      const handle: MessageHandler = (_tx, messages) => {
        if (!cured && messages.some((message) => valueOf(message) === '7')) {
          return Promise.reject(invalid('bad', 'seven is not to my taste: \0')); // as JSON.parse quotes it
        }
        seen.push(...messages.map(valueOf));
        return Promise.resolve();
      };
      const consumer = projection.consumer({ name: 'poison', log, topics: [topic], handle });
      await source.publish(log, 20, 1);
      await consumer.caughtUp();
      expect(seen.filter((value) => value !== '7')).toEqual(
        Array.from({ length: 20 }, (_, n) => String(n + 1)).filter((value) => value !== '7'),
      );
      const letters = new DeadLetters(projection.database, { poison: handle });
      const [letter, ...others] = (await letters.listDeadLetters({ limit: 10 })).deadLetters;
      expect(others).toEqual([]);
      expect(letter?.reason).toContain('seven is not to my taste: \uFFFD');
      expect(letter).toMatchObject({ consumer: 'poison', topic, source: source.name });
      expect(letter?.value).toBeUndefined();
      const { id } = letter ?? { id: '' };
      expect(Buffer.from((await letters.getDeadLetter({ id })).value ?? []).toString()).toBe('7');
      const refusal = { code: 'deadLetterRefused', message: expect.stringContaining('seven') as string };
      await expect(letters.replayDeadLetter({ id })).rejects.toMatchObject(refusal);
      cured = true;
      expect(await letters.replayDeadLetter({ id })).toMatchObject({ id, consumer: 'poison' });
      expect(seen.at(-1)).toBe('7');
      const isGone = { kind: 'notFound', code: 'deadLetterNotFound' };
      await expect(letters.replayDeadLetter({ id })).rejects.toMatchObject(isGone);
      await expect(letters.getDeadLetter({ id })).rejects.toMatchObject(isGone);
      expect(await letters.listDeadLetters({ limit: 10 })).toEqual({ deadLetters: [] });
    });

    run('drops dead letters, and tries one again while its handler is told to', async () => {
      log = await open();
      let refusals = 3;
      const consumer = projection.consumer({
        ...{ name: 'drop', log, topics: [topic] },
        handle: () => Promise.reject(invalid('bad', 'not to my taste')),
      });
      await source.publish(log, 3, 1);
      await consumer.caughtUp();
      const letters = new DeadLetters(projection.database, {
        drop: () =>
          refusals-- > 0 ? Promise.reject(unavailable('owner', 'nobody answers')) : Promise.resolve(),
      });
      const { deadLetters } = await letters.listDeadLetters({ limit: 10 });
      const [first = '', second = '', third = ''] = deadLetters.map(({ id }) => id);
      expect((await letters.listDeadLetters({ after: first, limit: 1 })).deadLetters).toMatchObject([
        { id: second },
      ]);
      await letters.dropDeadLetter({ id: second });
      await letters.replayDeadLetter({ id: third });
      expect(refusals).toBe(-1);
      expect((await letters.listDeadLetters({ limit: 10 })).deadLetters).toMatchObject([{ id: first }]);
      const isGone = { code: 'deadLetterNotFound' };
      for (const id of [second, 'x', '', '99999999999999999999'])
        await expect(letters.dropDeadLetter({ id })).rejects.toMatchObject(isGone);
      const nobodys = new DeadLetters(projection.database, {});
      await expect(nobodys.replayDeadLetter({ id: first })).rejects.toMatchObject({
        code: 'deadLetterRefused',
      });
      expect(await nobodys.getDeadLetter({ id: first })).toMatchObject({ id: first });
    });

    run('tries a whole batch again while something that its handler needs is away', async () => {
      log = await open();
      let refusals = 3;
      const consumer = projection.consumer({
        name: 'away',
        log,
        topics: [topic],
        handle: async (tx, messages) => {
          for (const message of messages) {
            const row = ['away', message.key, valueOf(message)];
            await tx.query('INSERT INTO effects (consumer, key, value) VALUES ($1, $2, $3)', row);
            if (valueOf(message) === '5' && refusals-- > 0) throw unavailable('owner', 'nobody answers');
          }
        },
      });
      await source.publish(log, 10, 1);
      await consumer.caughtUp();
      expect(await projection.effects('away')).toEqual(expected(source.published));
      expect(refusals).toBe(-1);
      expect(await new DeadLetters(projection.database, {}).listDeadLetters({ limit: 1 })).toEqual({
        deadLetters: [],
      });
    });

    run('goes on by itself when the database of the consumer was cut off', async () => {
      log = await open();
      const consumer = projection.consumer({ name: 'cut', log, topics: [topic] });
      await source.publish(log, 5);
      await consumer.caughtUp();
      await under.cutDatabase();
      await relay(5);
      await expect
        .poll(() => projection.effects('cut').catch(String), { timeout: 40_000 })
        .toEqual(expected(source.published));
    });

    it.skipIf(skipped || oneProcess)(
      'shares the partitions between the members of a group, and moves them when one leaves',
      async () => {
        log = await open();
        const other = await open();
        const counts = { first: 0, second: 0 };
        const first = projection.consumer({
          name: 'shared',
          log,
          topics: [topic],
          afterCommit: (batch) => void (counts.first += batch.length),
        });
        await first.caughtUp();
        projection.consumer({
          name: 'shared',
          log: other,
          topics: [topic],
          afterCommit: (batch) => void (counts.second += batch.length),
        });
        const messages: LogMessage[] = [];
        await expect
          .poll(
            async () => {
              messages.push(...(await source.publish(log, 30, 20)));
              return counts.second;
            },
            { timeout: 40_000, interval: 200 },
          )
          .toBeGreaterThan(0);
        await first.stop();
        messages.push(...(await source.publish(log, 60, 20)));
        await expect
          .poll(() => projection.effects('shared'), { timeout: 40_000 })
          .toEqual(expected(messages));
        expect(counts.first + counts.second).toBe(messages.length);
      },
    );

    more({
      ...{ run, open },
      get under() {
        return under;
      },
      get source() {
        return source;
      },
      get topic() {
        return topic;
      },
    });
  });
}
