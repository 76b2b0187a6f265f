import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { invalid, unavailable } from '@carillon/event-sourcing';
import type { LogMessage } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog, ReceivedMessage } from '../event-log.js';
import { kafkaRig, stopKafka, type TestLog, testLogs } from './test-logs.js';
import { toHeaders } from '../kafka/message-headers.js';
import { TestProjection, valueOf } from './test-projection.js';
import { TestSource } from './test-source.js';

const adapters = testLogs();

// A member that is given up, a broker that starts: several waits of many seconds on a busy machine.
vi.setConfig({ testTimeout: 150_000 });

describe.each(adapters)('the event log contract on $adapter', ({ adapter, skipped, oneProcess, testLog }) => {
  let database: FreshDatabase;
  let rig: TestLog;
  let log: EventLog;
  let projection: TestProjection;
  let source: TestSource;
  let topic: string;
  let cases = 0;
  const opened: EventLog[] = [];

  const open = async (partitions = 3) => {
    const [only] = opened;
    if (only && oneProcess) return only;
    const eventLog = await rig.open([{ name: topic, partitions }]);
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
  const expected = (messages: readonly LogMessage[]) => {
    const byKey: Record<string, number[]> = {};
    for (const { key, value } of messages) (byKey[key] ??= []).push(Number(Buffer.from(value)));
    return byKey;
  };

  beforeEach(async () => {
    if (skipped) return;
    cases += 1;
    topic = `contract.${process.pid}.${Date.now()}.${cases}`;
    source = new TestSource(topic);
    database = await freshDatabase();
    projection = await TestProjection.connect(database.url);
    rig = await testLog(database.url);
  });

  afterEach(async () => {
    if (skipped) return;
    await projection.close();
    await Promise.all(opened.splice(0).map((eventLog) => eventLog.close()));
    await rig.close();
    await database.drop();
  });

  if (adapter === 'kafka') afterAll(stopKafka);

  const run = it.skipIf(skipped);

  run('delivers the messages of a key in order, in batches, with everything that was published', async () => {
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
  });

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
    await rig.recreate({ name: topic, partitions: 3 });
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
    await rig.recreate({ name: topic, partitions: 3 });
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
    await rig.truncate(topic);
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
    const consumer = projection.consumer({
      name: 'poison',
      log,
      topics: [topic],
      handle: (_tx, messages) => {
        if (!cured && messages.some((message) => valueOf(message) === '7')) {
          return Promise.reject(invalid('bad', 'seven is not to my taste'));
        }
        seen.push(...messages.map(valueOf));
        return Promise.resolve();
      },
    });
    await source.publish(log, 20, 1);
    await consumer.caughtUp();
    expect(seen.filter((value) => value !== '7')).toEqual(
      Array.from({ length: 20 }, (_, n) => String(n + 1)).filter((value) => value !== '7'),
    );
    const [letter, ...others] = await consumer.deadLetters.list();
    expect(others).toEqual([]);
    expect(letter?.reason).toContain('seven is not to my taste');
    expect(letter && valueOf(letter.message)).toBe('7');
    const id = letter?.id ?? '';
    await expect(consumer.replay(id)).rejects.toThrow('seven');
    cured = true;
    expect(await consumer.replay(id)).toBe(true);
    expect(seen.at(-1)).toBe('7');
    expect(await consumer.replay(id)).toBe(false);
    expect(await consumer.deadLetters.list()).toEqual([]);
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
    expect(await consumer.deadLetters.list()).toEqual([]);
  });

  run('goes on by itself when the database of the consumer was cut off', async () => {
    log = await open();
    const consumer = projection.consumer({ name: 'cut', log, topics: [topic] });
    await source.publish(log, 5);
    await consumer.caughtUp();
    await projection.database
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
    await relay(5);
    await expect
      .poll(() => projection.effects('cut').catch(String), { timeout: 40_000 })
      .toEqual(expected(source.published));
  });

  if (oneProcess) return; // the others need several

  run('shares the partitions between the members of a group, and moves them when one leaves', async () => {
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
    await expect.poll(() => projection.effects('shared'), { timeout: 40_000 }).toEqual(expected(messages));
    expect(counts.first + counts.second).toBe(messages.length);
  });

  describe.each(['beforeTransaction', 'insideTransaction'] as const)('a member stopped %s', (at) => {
    const script = fileURLToPath(new URL('../../dist/contract/zombie.js', import.meta.url));
    let child: ChildProcess | undefined;
    afterEach(() => void child?.kill('SIGKILL'));

    run('is fenced when it wakes up after its partition went to another', async () => {
      if (!existsSync(script)) throw new Error('build first: tsc -b libs/event-log');
      log = await open(1);
      const trap = { value: '6', at };
      const orders = { address: rig.address, database: database.url, topic, consumer: 'fenced', trap };
      const zombie = spawn(process.execPath, [script, JSON.stringify(orders)], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent' },
      });
      child = zombie;
      const words: string[] = [];
      createInterface({ input: zombie.stdout }).on('line', (line) => words.push(line));
      await source.publish(log, 5, 1);
      await expect.poll(() => words, { timeout: 40_000 }).toContain('committed');
      await expect
        .poll(() => projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(source.published));
      await source.publish(log, 5, 1);
      await expect.poll(() => words, { timeout: 40_000 }).toContain('trapped');
      zombie.kill('SIGSTOP');

      const heir = projection.consumer({ name: 'fenced', log, topics: [topic] });
      await expect
        .poll(() => projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(source.published));
      await heir.caughtUp();
      const before = words.length;
      zombie.kill('SIGCONT');
      zombie.stdin.write('go\n');
      await expect
        .poll(() => words.slice(before), { timeout: 40_000 })
        .toContainEqual(expect.stringMatching(/^rolled back/));
      await source.publish(log, 5, 1);
      await expect
        .poll(() => projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(source.published));
    });
  });

  if (adapter === 'kafka') {
    run('asks the owner for what the broker acknowledged and then lost', async () => {
      log = await open(1);
      const consumer = projection.consumer({ name: 'lost', log, topics: [topic], refill: refill() });
      await source.publish(log, 5, 1);
      await consumer.caughtUp();
      const [, lost, survivor] = source.next(3, 1) as [LogMessage, LogMessage, LogMessage];
      const kafka = new Kafka({
        brokers: (await kafkaRig()).brokers.split(','),
        logLevel: logLevel.NOTHING,
      });
      const producer = kafka.producer();
      await producer.connect();
      const { key, value } = survivor;
      const headers = toHeaders({ ...survivor, previous: lost.sourcePosition });
      await producer.send({ topic, messages: [{ key, value: Buffer.from(value), headers, partition: 0 }] });
      await producer.disconnect();
      await consumer.caughtUp();
      expect(await projection.effects('lost')).toEqual(expected(source.published));
    });

    run('waits for a broker that is killed or does not answer, and goes on by itself', async (context) => {
      const kafka = await kafkaRig();
      if (!kafka.owned) return context.skip('KAFKA_BROKERS is not to be killed');
      log = await open();
      const consumer = projection.consumer({ name: 'broker', log, topics: [topic] });
      await source.publish(log, 10);
      await consumer.caughtUp();

      await kafka.kill9();
      const first = source.next(10);
      await expect(log.publish(first)).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'brokerUnavailable',
      });
      await kafka.restart();
      await expect.poll(() => log.publish(first).then(() => 'ok', String), { timeout: 40_000 }).toBe('ok');
      await expect
        .poll(() => projection.effects('broker'), { timeout: 40_000 })
        .toEqual(expected(source.published));

      kafka.pause();
      const second = source.next(10);
      await expect(log.publish(second)).rejects.toMatchObject({ kind: 'unavailable' });
      kafka.resume();
      await expect.poll(() => log.publish(second).then(() => 'ok', String), { timeout: 40_000 }).toBe('ok');
      await expect
        .poll(() => projection.effects('broker'), { timeout: 40_000 })
        .toEqual(expected(source.published));
    });
  }
});
