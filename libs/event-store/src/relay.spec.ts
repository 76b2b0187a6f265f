import { randomBytes } from 'node:crypto';
import { unavailable } from '@carillon/event-sourcing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from './database.js';
import { EventStore } from './event-store.js';
import { compareSourcePositions, type LogMessage } from './messages.js';
import { PublishedEvents } from './published-events.js';
import type { Relay } from './relay.js';
import type { Session } from './session.js';
import { freshStore } from './test/fixture.js';
import { appendOne, openWriter, RecordingLog, relayOf, toPublic } from './test/relay-rig.js';

describe('Relay', () => {
  let fixture: Awaited<ReturnType<typeof freshStore>>;
  let database: Database;
  let store: EventStore;
  let schemas = 0;
  const relays: Relay[] = [];
  beforeAll(async () => {
    fixture = await freshStore();
  });
  afterAll(() => fixture.drop());
  beforeEach(async () => {
    schemas += 1;
    database = await fixture.connect(`s${schemas}`);
    store = new EventStore(database);
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await database.close();
  });

  const started = (log: RecordingLog, on = database) => {
    const relay = relayOf(on, log);
    relays.push(relay);
    relay.start();
    return relay;
  };
  const killRelayConnections = () =>
    fixture.database.query(`SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database
       WHERE locktype = 'advisory' AND datname = current_database()`);

  it('publishes soon after the commit what toPublic lets out', async () => {
    const log = new RecordingLog();
    started(log);
    await store.append(undefined, [
      {
        stream: 'a',
        expectedVersion: 0,
        events: [
          { type: 'Happened', data: { n: 1 } },
          { type: 'Private', data: { secret: 2 } },
          { type: 'Happened', data: { n: 3 } },
        ],
        state: {},
      },
    ]);
    await vi.waitFor(() => expect(log.published).toEqual(['a@1', 'a@3']), { timeout: 900, interval: 5 });
    expect(log.messages[0]).toMatchObject({ topic: 'topic', key: 'a', source: 'source' });
  });

  it('is not waited for for ever', async () => {
    await store.append(undefined, [
      { stream: 'a', expectedVersion: 0, events: [{ type: 'Happened', data: {} }], state: {} },
    ]);
    const relay = relayOf(database, new RecordingLog()); // nobody has started it
    await expect(relay.drained(50)).rejects.toMatchObject({ kind: 'unavailable', code: 'notPublished' });
  });

  it('publishes again what it could not record: the same messages, order and places', async () => {
    const log = new RecordingLog();
    for (let n = 0; n < 5; n += 1) await appendOne(store, undefined, 'a', n);
    let kills = 2;
    const lives: LogMessage[][] = [[]];
    log.afterPublish = async (messages) => {
      lives.at(-1)?.push(...messages);
      if (kills === 0) return;
      kills -= 1;
      lives.push([]);
      await killRelayConnections();
    };
    await started(log).drained();
    const firstCopies = new Map(
      log.messages.toReversed().map((message) => [message.headers['event'], message]),
    );
    expect([...firstCopies.keys()].toSorted()).toEqual(['a@1', 'a@2', 'a@3', 'a@4', 'a@5']);
    for (const message of log.messages) expect(message).toEqual(firstCopies.get(message.headers['event']));
    expect(lives.map((life) => life[0]?.headers['event'])).toEqual(['a@1', 'a@1', 'a@1']);
    for (const life of lives) expect(life).toEqual(life.toSorted(byPlace));
    expect(kills).toBe(0);
  });

  it('keeps its connection while a publication takes long, and publishes once', {
    timeout: 30_000,
  }, async () => {
    const log = new RecordingLog();
    const lastHeardOf = async () => {
      const [relay] = await fixture.database.query<{ at: string }>(
        `SELECT query_start::text AS at FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'advisory' AND datname = current_database()`,
      );
      return relay?.at;
    };
    log.afterPublish = async () => {
      if (log.messages.length > 1) return;
      const before = await lastHeardOf();
      await vi.waitUntil(async () => (await lastHeardOf()) !== before, { timeout: 20_000, interval: 100 });
    };
    await appendOne(store, undefined, 'a', 0);
    await started(log).drained();
    expect(log.published).toEqual(['a@1']);
  });

  it('leaves no connection behind on which it could not listen', async () => {
    const left = new Set<Session>();
    let standby = 2;
    const failedOver: Database = {
      announcements: database.announcements,
      schema: database.schema,
      query: (sql, parameters) => database.query(sql, parameters),
      transaction: (work) => database.transaction(work),
      now: () => database.now(),
      listen: (channel, onNotify) => database.listen(channel, onNotify),
      close: () => database.close(),
      session: async () => {
        const session = await database.session();
        left.add(session);
        void session.closed.then(() => left.delete(session));
        if (standby-- <= 0) return session;
        const query = () => Promise.reject(unavailable('databaseUnavailable', 'LISTEN during recovery'));
        const onNotification = () => undefined;
        return { closed: session.closed, close: () => session.close(), onNotification, query };
      },
    };
    await appendOne(store, undefined, 'a', 0);
    await started(new RecordingLog(), failedOver).drained();
    await vi.waitFor(() => expect(left.size).toBe(1), 5_000);
  });

  it('goes on behind what is recorded after a restart', async () => {
    const log = new RecordingLog();
    await appendOne(store, undefined, 'a', 0);
    const relay = started(log);
    await relay.drained();
    await relay.stop();
    await appendOne(store, undefined, 'a', 1);
    await started(log).drained();
    expect(log.published).toEqual(['a@1', 'a@2']);
  });

  it('says what precedes each message on its partition, whoever publishes it and however often', async () => {
    const log = new RecordingLog();
    const relay = started(log);
    for (const [n, stream] of ['a', 'c', 'b', 'a'].entries())
      await appendOne(store, undefined, stream, n === 3 ? 1 : 0);
    await relay.drained();
    await relay.stop();
    await appendOne(store, undefined, 'a', 2);
    await appendOne(store, undefined, 'b', 1);
    const next = started(log);
    await next.drained();
    await next.stop();
    await database.query('DELETE FROM relay_cursors');
    const again = new RecordingLog();
    await started(again).drained();
    expect(again.messages).toEqual(log.messages);
    const place = new Map(
      log.messages.map(({ headers, sourcePosition }) => [headers['event'], sourcePosition]),
    );
    const previous = log.messages.map((message) => [message.headers['event'], message.previous]);
    const start = { window: '0', position: '0' };
    expect(previous).toEqual([
      ['a@1', start],
      ['c@1', place.get('a@1')],
      ['b@1', start],
      ['a@2', place.get('c@1')],
      ['a@3', place.get('a@2')],
      ['b@2', place.get('b@1')],
    ]);
  });

  it('knows no more than its cursor of partitions it has not published on since it kept count', async () => {
    const log = new RecordingLog();
    await database.query(
      `INSERT INTO relay_cursors (source, tick, position, chains) VALUES ('source', 5, 7, '{"since":"5/7","last":{}}')`,
    );
    await appendOne(store, undefined, 'a', 0);
    await started(log).drained();
    expect(log.messages[0]?.previous).toEqual({ window: '5', position: '7' });
  });

  it('publishes again after the log was away, and loses nothing', async () => {
    const log = new RecordingLog();
    const publish = vi.spyOn(log, 'publish').mockRejectedValueOnce(new Error('away'));
    const relay = started(log);
    await appendOne(store, undefined, 'a', 0);
    await relay.drained();
    expect(log.published).toEqual(['a@1']);
    expect(publish.mock.calls.length).toBe(2);
  });

  it('lets one instance publish; another takes over when it ends, and tells it of appends until then', async () => {
    const [first, second] = [new RecordingLog(), new RecordingLog()];
    const leading = started(first);
    await appendOne(store, undefined, 'a', 0);
    await leading.drained();
    const other = await fixture.connect(database.schema);
    const standby = started(second, other);
    for (let n = 1; n < 4; n += 1) {
      const appendedAt = performance.now();
      await appendOne(new EventStore(other), undefined, 'a', n);
      await standby.drained();
      expect(performance.now() - appendedAt).toBeLessThan(900);
    }
    expect([first.published.length, second.published.length]).toEqual([4, 0]);
    await leading.stop();
    await appendOne(store, undefined, 'a', 4);
    await standby.drained();
    expect(second.published).toEqual(['a@5']);
    await standby.stop();
    await other.close();
  });

  it('works off a backlog page by page', async () => {
    const events = Array.from({ length: 1_250 }, (_, n) => ({ type: 'Happened', data: { n } }));
    await store.append(undefined, [{ stream: 'a', expectedVersion: 0, events, state: {} }]);
    const log = new RecordingLog();
    await started(log).drained();
    expect(log.published).toEqual(events.map((_, n) => `a@${n + 1}`));
  });

  it('takes fewer events at a time where they are large', async () => {
    const log = new RecordingLog();
    const publications: number[] = [];
    log.afterPublish = (messages) => {
      publications.push(messages.reduce((sum, { value }) => sum + value.byteLength, 0));
      return Promise.resolve();
    };
    const events = Array.from({ length: 30 }, () => ({
      type: 'Happened',
      data: { note: randomBytes(525_000).toString('base64') },
    }));
    await store.append(undefined, [{ stream: 'a', expectedVersion: 0, events, state: {} }]);
    await started(log).drained();
    expect(log.published).toEqual(events.map((_, n) => `a@${n + 1}`));
    for (const bytes of publications) expect(bytes).toBeLessThan(6_000_000);
  });

  it('places what is written after a restore into a younger cluster behind what is there', async () => {
    await appendOne(store, undefined, 'a', 0);
    await database.query('UPDATE events SET tick = 1000000000000');
    const restored = await fixture.connect(database.schema);
    const log = new RecordingLog();
    await appendOne(new EventStore(restored), undefined, 'a', 1);
    await started(log, restored).drained();
    expect(log.published).toEqual(['a@1', 'a@2']);
    const [before, after] = log.messages.map(({ sourcePosition }) => sourcePosition);
    expect(compareSourcePositions(before!, after!)).toBeLessThan(0);
    await relays.splice(0)[0]?.stop();
    await restored.close();
  });

  it('asks again what may still come, when its connection is back and the database has lost transactions', async () => {
    const ticksFrom = (offset: number) =>
      database.query(
        `CREATE OR REPLACE FUNCTION tick_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT ${offset}::bigint'`,
      );
    const log = new RecordingLog();
    started(log);
    await ticksFrom(1_000_000);
    const other = await openWriter(database); // so that the relay asks for a higher bound than its id
    await appendOne(store, undefined, 'lost', 0);
    await vi.waitFor(() => expect(log.published).toEqual(['lost@1']), 5_000);
    await other.rollback();
    await database.query('DELETE FROM events');
    await database.query('DELETE FROM relay_cursors');
    await ticksFrom(0);
    await killRelayConnections();
    await vi.waitFor(
      async () => expect(await database.query('SELECT FROM relay_cursors')).toHaveLength(1),
      5_000,
    );
    const late = await openWriter(database);
    await appendOne(store, late.tx, 'late', 0);
    await appendOne(store, undefined, 'early', 0);
    await vi.waitFor(async () => {
      const [cursor] = await database.query<{ bound: string }>(
        'SELECT final_before AS bound FROM relay_cursors',
      );
      expect(log.published.length > 1 || BigInt(cursor?.bound ?? 0) > 0n).toBe(true); // has seen `early`
    }, 5_000);
    await late.commit();
    await vi.waitFor(() => expect(log.published).toEqual(['lost@1', 'late@1', 'early@1']), 5_000);
  });

  it('answers for a refill with the messages that it published, by partition, in pages', async () => {
    const log = new RecordingLog();
    for (let n = 0; n < 30; n += 1) await appendOne(store, undefined, `key-${n % 7}`, Math.floor(n / 7));
    await started(log).drained();
    const partitionOf = (key: string, partitions: number) => Number(key.slice(4)) % partitions;
    const events = new PublishedEvents({ database, source: 'source', toPublic, partitionOf });
    const read = async (partition: number, limit: number) => {
      const found = [];
      for (;;) {
        const after = found.at(-1)?.sourcePosition;
        const request = { topic: 'topic', partition, partitions: 3, limit, ...(after ? { after } : {}) };
        const page = await events.readPublished(request);
        found.push(...page.events);
        if (page.events.length < limit) return found;
      }
    };
    for (const partition of [0, 1, 2]) {
      const expected = log.messages.filter(({ key }) => partitionOf(key, 3) === partition);
      expect(await read(partition, 4)).toEqual(
        expected.map(({ key, headers, value, sourcePosition }) => ({ key, headers, value, sourcePosition })),
      );
    }
    const none = { topic: 'other', partition: 0, partitions: 1, limit: 10 };
    expect(await events.readPublished(none)).toEqual({ events: [] });
  });

  it('answers for a refill with few large messages at a time, and says that there are more', async () => {
    const happened = { type: 'Happened', data: { note: 'x'.repeat(700_000) } };
    for (let n = 0; n < 30; n += 1) {
      await store.append(undefined, [{ stream: 'a', expectedVersion: n, events: [happened], state: {} }]);
    }
    await started(new RecordingLog()).drained();
    const events = new PublishedEvents({ database, source: 'source', toPublic, partitionOf: () => 0 });
    const found: string[] = [];
    for (let after = {}; ; ) {
      const request = {
        topic: 'topic',
        partition: 0,
        partitions: 1,
        limit: 500,
        maxBytes: 8_000_000,
        ...after,
      };
      const page = await events.readPublished(request);
      expect(page.events.reduce((sum, { value }) => sum + value.byteLength, 0)).toBeLessThan(10_000_000);
      found.push(...page.events.map(({ headers }) => headers['event'] ?? ''));
      const last = page.events.at(-1);
      if (!page.more || !last) break;
      after = { after: last.sourcePosition };
    }
    expect(found).toEqual(Array.from({ length: 30 }, (_, n) => `a@${n + 1}`));
  });
});

const byPlace = (a: LogMessage, b: LogMessage) => compareSourcePositions(a.sourcePosition, b.sourcePosition);
