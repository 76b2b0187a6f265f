import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LogMessage } from '@carillon/event-store';
import { freshDatabase } from '@carillon/rigs';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { toHeaders } from '../kafka/message-headers.js';
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
    if (adapter.oneProcess) return;
    zombies(at, () => last?.url ?? '');
    if (adapter.adapter === 'kafka') brokers(at);
  });
}

afterAll(stopKafka);

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

/** What a broker does that the others cannot. */
function brokers(at: Case<TestLog>): void {
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
