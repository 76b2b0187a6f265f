import { Database, EventStore, eventStoreMigrations, PublishedEvents, Relay } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';
import { stopKafka, type TestLog, testLogs, type TestLogSettings } from './test-logs.js';
import { TestProjection, valueOf } from './test-projection.js';

const adapters = testLogs();

vi.setConfig({ testTimeout: 150_000 });

/** A reader that is busy for so long does not look at the log's bounds: then it cannot tell by them. */
const NEVER_LOOKS: TestLogSettings = { boundsCheckMs: 3_600_000 };

describe.each(adapters)('a topic created again, on $adapter', ({ adapter, skipped, oneProcess, testLog }) => {
  let postgres: FreshDatabase;
  let owner: Database;
  let store: EventStore;
  let projection: TestProjection;
  let rig: TestLog;
  let topic: string;
  let n = 0;
  let cases = 0;
  const logs: EventLog[] = [];
  const relays: Relay[] = [];

  const open = async (settings?: TestLogSettings) => {
    const [only] = logs;
    if (only && oneProcess) return only;
    const log = await rig.open([{ name: topic, partitions: 1 }], settings);
    logs.push(log);
    return log;
  };
  const toPublic = ({ stream: key, data }: { stream: string; data: unknown }) => ({
    ...{ topic, key, headers: {} },
    value: Buffer.from(String((data as { n: number }).n)),
  });
  /** As a service that starts: it knows only what its database holds. */
  const publisher = async () => {
    const relay = new Relay({ database: owner, source: 'owner', log: await open(), toPublic });
    relays.push(relay);
    relay.start();
    return relay;
  };
  const append = async (relay: Relay, count: number) => {
    for (let appended = 0; appended < count; appended += 1) {
      n += 1;
      const events = [{ type: 'Counted', data: { n } }];
      await store.append(undefined, [{ stream: 'a', expectedVersion: n - 1, events, state: {} }]);
    }
    await relay.drained();
  };

  beforeEach(async () => {
    if (skipped) return;
    cases += 1;
    n = 0;
    topic = `recreated.${process.pid}.${Date.now()}.${cases}`;
    postgres = await freshDatabase();
    const { url } = postgres;
    const migrations = eventStoreMigrations;
    owner = await Database.connect({ url, schema: 'owner', applicationName: 'owner', migrations });
    store = new EventStore(owner);
    projection = await TestProjection.connect(url);
    rig = await testLog(url);
  });

  afterEach(async () => {
    if (skipped) return;
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await projection.close();
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await rig.close();
    await owner.close();
    await postgres.drop();
  });

  if (adapter === 'kafka') afterAll(stopKafka);

  /** What the log lost with the topic, `lost`; what came into the new one before the reader looked, `regrown`. */
  it.skipIf(skipped)('hides nothing from a reader to whose place it has grown meanwhile', async () => {
    const released = Promise.withResolvers<undefined>();
    const busy = Promise.withResolvers<undefined>();
    let calls = 0;
    const events = new PublishedEvents({
      ...{ database: owner, source: 'owner', toPublic, partitionOf: partitionOfKey },
    });
    const seen: number[] = [];
    const consumer = projection.consumer({
      name: 'reader',
      log: await open(NEVER_LOOKS),
      topics: [topic],
      refill: { owner: (request) => events.readPublished(request) },
      calm: async () => {
        calls += 1;
        if (calls === 1) return;
        busy.resolve(undefined);
        await released.promise;
      },
      afterCommit: (messages) => void seen.push(...messages.map((message) => Number(valueOf(message)))),
    });
    await consumer.caughtUp();
    const first = await publisher();
    await append(first, 1);
    await expect.poll(() => seen, { timeout: 40_000 }).toEqual([1]);
    await append(first, 1); // offset 1: the reader has it in hand
    await busy.promise;
    await append(first, 1); // lost
    await first.stop();
    await rig.recreate({ name: topic, partitions: 1 });
    const second = await publisher();
    await append(second, 2); // offsets 0 and 1 again
    await second.stop();
    const third = await publisher();
    await append(third, 1); // at the reader's place, the first of its publisher
    released.resolve(undefined);
    const all = Array.from({ length: n }, (_, index) => index + 1);
    await expect
      .poll(async () => (await projection.effects('reader'))['a'], { timeout: 40_000 })
      .toEqual(all);
  });
});
