import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { invalid, unavailable } from '@carillon/event-sourcing';
import type { LogMessage } from '@carillon/event-store';
import { freshDatabase } from '@carillon/rigs';
import { readMetrics } from '@carillon/service-runtime';
import { type Admin, ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { DeadLetters } from '../consumer/dead-letters.js';
import { toHeaders } from '../kafka/message-headers.js';
import type { EventLog } from '../event-log.js';
import { type Case, eventLogContract, expected, type LogUnderTest } from './event-log.contract.js';
import { kafkaRig, stopKafka, type TestLog, testLogs } from './test-logs.js';
import { TestProjection } from './test-projection.js';

// A member that is given up, a broker that starts: several waits of many seconds on a busy machine.
vi.setConfig({ testTimeout: 150_000 });

type Started = LogUnderTest<TestLog> & { readonly url: string };

async function started(testLog: (url: string) => Promise<TestLog>): Promise<Started> {
  const database = await freshDatabase();
  const { url } = database;
  const projection = await TestProjection.connect(url);
  const rig = await testLog(url);
  const cutDatabase = async () => {
    await projection.database
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
  };
  return { ...{ rig, projection, url, cutDatabase }, drop: () => database.drop() };
}

for (const { testLog, ...adapter } of testLogs()) {
  let last: Started | undefined;
  const start = async () => (last = await started(testLog));
  eventLogContract({ ...adapter, start }, (at) => {
    partitionCounts(at);
    if (adapter.oneProcess) return;
    zombies(at, () => last?.url ?? '');
    if (adapter.adapter === 'kafka') brokers(at);
  });
}

afterAll(stopKafka);

/** The log, with what a subscriber throws when partitions are assigned to it. */
function watched(log: EventLog): { readonly log: EventLog; readonly refusals: unknown[] } {
  const refusals: unknown[] = [];
  const subscribe: EventLog['subscribe'] = (options) => {
    const { subscriber } = options;
    const assigned: typeof subscriber.assigned = (...held) =>
      subscriber.assigned(...held).catch((error: unknown) => {
        refusals.push(error);
        throw error;
      });
    return log.subscribe({ ...options, subscriber: { ...subscriber, assigned } });
  };
  return {
    refusals,
    log: {
      subscribe,
      publish: (messages) => log.publish(messages),
      partitionOf: (topic, key) => log.partitionOf(topic, key),
      partitions: (topic) => log.partitions(topic),
      bounds: (topics) => log.bounds(topics),
      close: () => log.close(),
    },
  };
}

/** Keys have moved when a topic has more or fewer partitions than it had: their effects must not be had again. */
function partitionCounts(at: Case<TestLog>): void {
  const options = () => ({
    name: 'counts',
    topics: [at.topic],
    refill: { [at.source.name]: at.source.readPublished },
  });
  const refused = async (open: EventLog, found: number) => {
    const { log, refusals } = watched(open);
    const consumer = at.under.projection.consumer({ ...options(), log });
    await expect.poll(() => refusals.length, { timeout: 40_000 }).toBeGreaterThan(1); // and again
    await consumer.stop();
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'partitionsChanged',
        message: expect.stringContaining('create it again with 2') as string,
        details: { consumer: 'counts', topic: at.topic, partitions: found, expected: 2 },
      });
    }
  };
  const handled = async () => {
    const consumer = at.under.projection.consumer({ ...options(), log: await at.open(2) });
    await consumer.caughtUp();
    await consumer.stop();
    return at.under.projection.effects('counts');
  };

  at.run('handles nothing of a topic that has another number of partitions than it had', async () => {
    const log = await at.open(2);
    await at.source.publish(log, 40, 7);
    const before = await handled();
    expect(before).toEqual(expected(at.source.published));
    await at.under.rig.recreate({ name: at.topic, partitions: 5 });
    const other = await at.open(5);
    await at.source.publish(other, 20, 7);
    await refused(other, 5);
    expect(await at.under.projection.effects('counts')).toEqual(before);
    await at.under.rig.recreate({ name: at.topic, partitions: 2 });
    await at.source.publish(await at.open(2), 10, 7);
    expect(await handled()).toEqual(expected(at.source.published));
  });
}

/** Members in processes of their own, which are stopped in the middle of their work. */
function zombies(at: Case<TestLog>, databaseUrl: () => string): void {
  describe.each(['beforeTransaction', 'insideTransaction'] as const)('a member stopped %s', (where) => {
    const script = fileURLToPath(new URL('../../dist/contract/zombie.js', import.meta.url));
    let child: ChildProcess | undefined;
    afterEach(() => void child?.kill('SIGKILL'));

    at.run('is fenced when it wakes up after its partition went to another', async () => {
      if (!existsSync(script)) throw new Error('build first: tsc -b libs/event-log');
      const log = await at.open(1);
      const trap = { value: '6', at: where };
      const orders = {
        address: at.under.rig.address,
        database: databaseUrl(),
        topic: at.topic,
        consumer: 'fenced',
        trap,
      };
      const zombie = spawn(process.execPath, [script, JSON.stringify(orders)], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent' },
      });
      child = zombie;
      const words: string[] = [];
      createInterface({ input: zombie.stdout }).on('line', (line) => words.push(line));
      await at.source.publish(log, 5, 1);
      await expect.poll(() => words, { timeout: 40_000 }).toContain('committed');
      await expect
        .poll(() => at.under.projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(at.source.published));
      await at.source.publish(log, 5, 1);
      await expect.poll(() => words, { timeout: 40_000 }).toContain('trapped');
      zombie.kill('SIGSTOP');

      const heir = at.under.projection.consumer({ name: 'fenced', log, topics: [at.topic] });
      await expect
        .poll(() => at.under.projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(at.source.published));
      await heir.caughtUp();
      const before = words.length;
      zombie.kill('SIGCONT');
      zombie.stdin.write('go\n');
      await expect
        .poll(() => words.slice(before), { timeout: 40_000 })
        .toContainEqual(expect.stringMatching(/^rolled back/));
      await at.source.publish(log, 5, 1);
      await expect
        .poll(() => at.under.projection.effects('fenced'), { timeout: 40_000 })
        .toEqual(expected(at.source.published));
    });
  });
}

const sized = (message: LogMessage | undefined, bytes: number): LogMessage => {
  if (!message) throw new Error('no message');
  return { ...message, value: Buffer.from(Buffer.from(message.value).toString().padStart(bytes)) };
};

async function asAdmin(work: (admin: Admin) => Promise<unknown>): Promise<void> {
  const { brokers } = await kafkaRig();
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await work(admin).finally(() => admin.disconnect());
}

/** What a broker does that the others cannot. */
function brokers(at: Case<TestLog>): void {
  at.run('takes in several batches what is more than one may hold', async () => {
    const log = await at.open(1);
    const consumer = at.under.projection.consumer({ name: 'large', log, topics: [at.topic] });
    const [half, most, ...page] = at.source.next(500, 1);
    await log.publish([
      ...[sized(half, 500_000), sized(most, 900_000)],
      ...page.map((message) => sized(message, 3_000)),
    ]);
    await consumer.caughtUp();
    expect(await at.under.projection.effects('large')).toEqual(expected(at.source.published));
    const [held] = await log.bounds([at.topic]);
    expect(held?.end).toBe('500'); // nothing was refused and sent again
  });

  at.run('names the one message that a broker does not take, and goes on when it does', async () => {
    const log = await at.open(1);
    at.under.projection.consumer({ name: 'size', log, topics: [at.topic] });
    const allow = (bytes: number) => {
      const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: at.topic, configEntries }];
      return asAdmin((admin) => admin.alterConfigs({ validateOnly: false, resources }));
    };
    await allow(20_000);
    const messages = at.source.next(20, 5).map((message) => sized(message, 5_000)); // a page that is too large
    messages[12] = sized(messages[12], 30_000);
    const { topic, key } = messages[12];
    const refused = log.publish(messages);
    await expect(refused).rejects.toMatchObject({
      code: 'messageTooLarge',
      message: expect.stringMatching(/30000 bytes.*max\.message\.bytes/) as string,
      details: { topic, key, bytes: 30_000 },
    });
    await expect
      .poll(() => at.under.projection.effects('size'), { timeout: 40_000 })
      .toEqual(expected(messages.slice(0, 12)));
    await allow(40_000);
    await expect.poll(() => log.publish(messages).then(() => 'ok', String), { timeout: 40_000 }).toBe('ok');
    await expect
      .poll(() => at.under.projection.effects('size'), { timeout: 40_000 })
      .toEqual(expected(at.source.published));
  });

  at.run('passes over what no relay wrote', async () => {
    const log = await at.open(1);
    const refill = { [at.source.name]: at.source.readPublished };
    const consumer = at.under.projection.consumer({ name: 'foreign', log, topics: [at.topic], refill });
    await consumer.caughtUp();
    await at.source.publish(log, 3, 1);
    await consumer.caughtUp();
    const asked = at.source.refills;
    const { brokers: addresses } = await kafkaRig();
    const producer = new Kafka({ brokers: addresses.split(','), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const source = { 'carillon-source': at.source.name };
    const messages = [
      {},
      source,
      { ...source, 'carillon-position': '"700/9"' },
      { 'carillon-source': 'a\0b', 'carillon-position': '700/9' },
    ].map((headers) => ({
      ...{ key: 'key-0', value: 'foreign', headers },
    }));
    const send = () => producer.send({ topic: at.topic, messages });
    await send();
    await consumer.caughtUp();
    await at.source.publish(log, 3, 1);
    await send().finally(() => producer.disconnect());
    await consumer.caughtUp();
    expect(await at.under.projection.effects('foreign')).toEqual(expected(at.source.published));
    expect(at.source.refills).toBe(asked);
  });

  at.run('says how far a consumer is behind that is stuck', async () => {
    const log = await at.open(1);
    const handle = () => Promise.reject(unavailable('owner', 'nobody answers'));
    at.under.projection.consumer({ name: 'stuck', log, topics: [at.topic], handle });
    const lag = async () => {
      const metric = (await readMetrics()).find(({ name }) => name === 'scheduler_consumer_lag');
      const points = metric?.points.filter(({ attributes }) => attributes['topic'] === at.topic);
      return points?.map(({ value }) => value);
    };
    await at.source.publish(log, 5, 1);
    await expect.poll(lag, { timeout: 40_000 }).toEqual([5]);
    await at.source.publish(log, 7, 1);
    await expect.poll(lag, { timeout: 40_000 }).toEqual([12]);
  });

  at.run('puts a message aside whatever its key and the headers of others are', async () => {
    const log = await at.open(1);
    const consumer = at.under.projection.consumer({
      name: 'binary',
      log,
      topics: [at.topic],
      handle: () => Promise.reject(invalid('bad', 'not to my taste')),
    });
    const [message] = at.source.next(1) as [LogMessage];
    const headers = { schema: '\u0001\0\ud800', 'sch\0ema': 'a \\u0000 as text' };
    await log.publish([{ ...message, key: 'key-\0', headers: { ...message.headers, ...headers } }]);
    await consumer.caughtUp();
    const { deadLetters } = await new DeadLetters(at.under.projection.database, {}).listDeadLetters({
      limit: 1,
    });
    expect(deadLetters[0]).toMatchObject({
      key: 'key-\uFFFD',
      headers: { schema: '\u0001\uFFFD\uFFFD', 'sch\uFFFDema': 'a \\u0000 as text' },
    });
  });

  at.run('handles nothing of a topic that was given more partitions', async () => {
    const log = await at.open(2);
    const options = {
      name: 'grown',
      topics: [at.topic],
      refill: { [at.source.name]: at.source.readPublished },
    };
    const first = at.under.projection.consumer({ ...options, log });
    await at.source.publish(log, 200, 20);
    await first.caughtUp();
    await first.stop();
    const before = await at.under.projection.effects('grown');
    await asAdmin(async (admin) => {
      await admin.createPartitions({ topicPartitions: [{ topic: at.topic, count: 4 }] });
      const count = async () => (await admin.fetchTopicOffsets(at.topic)).length;
      await expect.poll(() => count().catch(String), { timeout: 40_000 }).toBe(4);
    });
    const restarted = watched(await at.open());
    expect(restarted.log.partitions(at.topic)).toBe(4);
    await at.source.publish(restarted.log, 20, 20);
    at.under.projection.consumer({ ...options, log: restarted.log });
    await expect.poll(() => restarted.refusals, { timeout: 40_000 }).not.toEqual([]);
    expect(restarted.refusals[0]).toMatchObject({
      code: 'partitionsChanged',
      details: { consumer: 'grown', topic: at.topic, partitions: 4, expected: 2 },
    });
    expect(await at.under.projection.effects('grown')).toEqual(before);
  });

  at.run('asks the owner for what the broker acknowledged and then lost', async () => {
    const log = await at.open(1);
    const consumer = at.under.projection.consumer({
      name: 'lost',
      log,
      topics: [at.topic],
      refill: { [at.source.name]: at.source.readPublished },
    });
    await at.source.publish(log, 5, 1);
    await consumer.caughtUp();
    const [, lost, survivor] = at.source.next(3, 1) as [LogMessage, LogMessage, LogMessage];
    const kafka = new Kafka({
      brokers: (await kafkaRig()).brokers.split(','),
      logLevel: logLevel.NOTHING,
    });
    const producer = kafka.producer();
    await producer.connect();
    const { key, value } = survivor;
    const headers = toHeaders({ ...survivor, previous: lost.sourcePosition });
    await producer.send({
      topic: at.topic,
      messages: [{ key, value: Buffer.from(value), headers, partition: 0 }],
    });
    await producer.disconnect();
    await consumer.caughtUp();
    expect(await at.under.projection.effects('lost')).toEqual(expected(at.source.published));
  });

  at.run('waits for a broker that is killed or does not answer, and goes on by itself', async (context) => {
    const kafka = await kafkaRig();
    if (!kafka.owned) return context.skip('KAFKA_BROKERS is not to be killed');
    const log = await at.open();
    const consumer = at.under.projection.consumer({ name: 'broker', log, topics: [at.topic] });
    await at.source.publish(log, 10);
    await consumer.caughtUp();

    await kafka.kill9();
    const first = at.source.next(10);
    await expect(log.publish(first)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'brokerUnavailable',
    });
    await kafka.restart();
    await expect.poll(() => log.publish(first).then(() => 'ok', String), { timeout: 40_000 }).toBe('ok');
    await expect
      .poll(() => at.under.projection.effects('broker'), { timeout: 40_000 })
      .toEqual(expected(at.source.published));

    kafka.pause();
    const second = at.source.next(10);
    await expect(log.publish(second)).rejects.toMatchObject({ kind: 'unavailable' });
    kafka.resume();
    await expect.poll(() => log.publish(second).then(() => 'ok', String), { timeout: 40_000 }).toBe('ok');
    await expect
      .poll(() => at.under.projection.effects('broker'), { timeout: 40_000 })
      .toEqual(expected(at.source.published));
  });
}
