import { type Database, EventStore, eventStoreMigrations, Database as Postgres } from '@carillon/event-store';
import { Consumer, consumerMigrations, type LogMessage } from '@carillon/event-log';
import { freshDatabase } from '@carillon/rigs';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryDatabase } from './memory-database.js';
import { MemoryLog } from './memory-log.js';
import { MemoryServer } from './memory-server.js';
import { Random } from './random.js';
import { Part, VirtualClock } from './virtual-clock.js';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const back of undo.splice(0).reverse()) await back();
});

/** On real time: the clock is driven whenever something is to happen. */
function driven(): VirtualClock {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1), new Random(1));
  let running = true;
  const drive = async () => {
    while (running) {
      await clock.run(clock.now + 50);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const ended = drive();
  undo.push(async () => {
    running = false;
    await ended;
  });
  return clock;
}

const adapters: readonly { name: string; open: () => Promise<Database> }[] = [
  {
    name: 'PostgreSQL',
    open: async () => {
      const postgres = await freshDatabase();
      const { url } = postgres;
      const migrations = [...eventStoreMigrations, ...consumerMigrations];
      const database = await Postgres.connect({
        url,
        schema: 'service',
        applicationName: 'spec',
        migrations,
      });
      undo.push(
        () => postgres.drop(),
        () => database.close(),
      );
      return database;
    },
  },
  {
    name: 'memory',
    open: () => {
      const server = new MemoryServer(driven());
      server.schema('service').keepsEventsOf = () => true;
      return Promise.resolve(new MemoryDatabase(server, 'service', new Part('spec')));
    },
  },
];

const counted = (by: number) => ({ type: 'Counted', data: { by } });
const append = (stream: string, expectedVersion: number, by: number) => ({
  ...{ stream, expectedVersion, events: [counted(by)], state: { by } },
});
const conflict = { kind: 'conflict', code: 'concurrencyConflict' };

/** What the simulator's database must do as PostgreSQL does, on which the same cases run. */
describe.each(adapters)('an event store on $name', ({ open }) => {
  it('keeps versions, positions and states together', async () => {
    const store = new EventStore(await open());
    await store.append(undefined, [append('a', 0, 1)]);
    await store.append(undefined, [append('a', 1, 2), append('b', 0, 3)]);
    expect(await store.loadStates(undefined, ['a', 'b', 'c'])).toEqual(
      new Map([
        ['a', { version: 2, state: { by: 2 } }],
        ['b', { version: 1, state: { by: 3 } }],
      ]),
    );
    const events = await store.readStream('a');
    expect(events.map(({ version, data }) => [version, data])).toEqual([
      [1, { by: 1 }],
      [2, { by: 2 }],
    ]);
    expect(Number(events[1]?.position)).toBeGreaterThan(Number(events[0]?.position));
  });

  it('appends to all streams or to none, and at one version once', async () => {
    const store = new EventStore(await open());
    await store.append(undefined, [append('a', 0, 1)]);
    const stale = store.append(undefined, [append('b', 0, 1), append('a', 0, 2)]);
    await expect(stale).rejects.toMatchObject(conflict);
    expect(await store.loadStates(undefined, ['b'])).toEqual(new Map());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => store.append(undefined, [append('a', 1, n)])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.readStream('a')).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('waits for who holds a stream, and then looks anew', async () => {
    const database = await open();
    const store = new EventStore(database);
    await store.append(undefined, [append('a', 0, 1)]);
    const release = Promise.withResolvers<undefined>();
    const held = Promise.withResolvers<undefined>();
    const first = database.transaction(async (tx) => {
      await store.append(tx, [append('a', 1, 2)]);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    const second = store.append(undefined, [append('a', 1, 3)]);
    await expect(Promise.race([second, database.now().then(() => 'waits')])).resolves.toBe('waits');
    release.resolve(undefined);
    await first;
    await expect(second).rejects.toMatchObject(conflict);
  });

  it('undoes what a transaction did that throws, and lets the next one pass', async () => {
    const database = await open();
    const store = new EventStore(database);
    const refused = database.transaction(async (tx) => {
      await store.append(tx, [append('a', 0, 1)]);
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    await store.append(undefined, [append('a', 0, 2)]);
    expect((await store.readStream('a')).map(({ data }) => data)).toEqual([{ by: 2 }]);
  });
});

describe('a consumer on the log in memory', () => {
  it('handles each message once and in order, whatever is published twice', async () => {
    const clock = driven();
    const database = new MemoryDatabase(new MemoryServer(clock), 'service', new Part('spec'));
    const memory = new MemoryLog(clock, [{ name: 't', partitions: 3 }]);
    const log = memory.connect(new Part('spec'));
    const seen: string[] = [];
    const consumer = new Consumer({
      ...{ name: 'spec', log, database, topics: ['t'] },
      handle: (_tx, messages) => {
        seen.push(...messages.map(({ key, sourcePosition }) => `${key} ${sourcePosition.position}`));
        return Promise.resolve();
      },
    });
    consumer.start();
    undo.push(() => consumer.stop());
    const messages = Array.from(
      { length: 60 },
      (_, n): LogMessage => ({
        ...{ topic: 't', key: `k${n % 7}`, headers: {}, value: new Uint8Array(), source: 's' },
        sourcePosition: { window: '1', position: String(n + 1) },
      }),
    );
    await log.publish(messages.slice(0, 40));
    await log.publish(messages.slice(20));
    await consumer.caughtUp();
    const byKey = Map.groupBy(seen, (one) => one.split(' ')[0]);
    const expected = Map.groupBy(
      messages.map(({ key, sourcePosition }) => `${key} ${sourcePosition.position}`),
      (one) => one.split(' ')[0],
    );
    expect(new Map([...byKey].sort())).toEqual(new Map([...expected].sort()));
  });
});
