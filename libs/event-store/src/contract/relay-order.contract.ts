import { isCarillonError } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../database.js';
import { EventStore } from '../event-store.js';
import type { Relay } from '../relay.js';
import { appendOne, RecordingLog, relayOf, type Writer } from '../test/relay-rig.js';

/** A server with schemas of event stores. */
export interface TestServer {
  /** Empty when it is opened first. */
  connect(schema: string): Promise<Database>;
  /** A transaction that has its id already and ends when the test likes. */
  openWriter(database: Database): Promise<Writer>;
  /** `stream@version` in the order of (tick, position). */
  order(database: Database): Promise<readonly string[]>;
  drop(): Promise<void>;
}

/** Long enough for a relay that looks every few milliseconds while it is blocked to do the wrong thing. */
const A_WHILE_MS = 300;

/** The order in which a relay publishes, whatever the store is kept in. */
export const relayOrderContract = (name: string, open: () => Promise<TestServer>) =>
  describe(`the order in which the relay publishes, on ${name}`, () => {
    let fixture: TestServer;
    let database: Database;
    let store: EventStore;
    let log: RecordingLog;
    let relay: Relay;
    let schemas = 0;
    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture.drop());
    beforeEach(async () => {
      schemas += 1;
      database = await fixture.connect(`s${schemas}`);
      store = new EventStore(database);
      log = new RecordingLog();
      relay = relayOf(database, log);
      relay.start();
    });
    afterEach(async () => {
      await relay.stop();
      await database.close();
    });

    const staysUnpublished = async (events: string[]) => {
      const until = Date.now() + A_WHILE_MS;
      await vi.waitUntil(() => Date.now() > until || log.published.some((event) => events.includes(event)));
      expect(log.published).not.toEqual(expect.arrayContaining(events));
    };

    it('loses no event of an older transaction that takes a later position', async () => {
      const older = await fixture.openWriter(database);
      const newer = await fixture.openWriter(database);
      const [first] = await appendOne(store, newer.tx, 'newer');
      await newer.commit();
      await vi.waitFor(() => expect(log.published).toEqual(['newer@1']), 5_000);
      const [second] = await appendOne(store, older.tx, 'older');
      await older.commit();
      await relay.drained();
      expect(older.xid).toBeLessThan(newer.xid);
      expect(BigInt(second!.position)).toBeGreaterThan(BigInt(first!.position));
      expect(log.published).toEqual(['newer@1', 'older@1']);
    });

    it('waits for an older transaction that has appended and not ended', async () => {
      const older = await fixture.openWriter(database);
      const newer = await fixture.openWriter(database);
      await appendOne(store, older.tx, 'older');
      await appendOne(store, newer.tx, 'newer');
      await newer.commit();
      await staysUnpublished(['newer@1']);
      await older.commit();
      await relay.drained();
      expect(log.published.toSorted()).toEqual(['newer@1', 'older@1']);
    });

    it('does not wait for those who write other tables, here or in another schema', async () => {
      const other = await fixture.connect('other');
      const idle = [await fixture.openWriter(database), await fixture.openWriter(other)];
      await appendOne(new EventStore(other), idle[1]!.tx, 'theirs');
      for (const version of [0, 1, 2]) await appendOne(store, undefined, 's', version);
      await vi.waitFor(() => expect(log.published).toEqual(['s@1', 's@2', 's@3']), 5_000);
      for (const writer of idle) await writer.rollback();
      await other.close();
    });

    it('goes by the tick where the position says otherwise', async () => {
      const older = await fixture.openWriter(database);
      const newer = await fixture.openWriter(database);
      await appendOne(store, newer.tx, 'newer');
      await appendOne(store, older.tx, 'older');
      await newer.commit();
      await older.commit();
      await relay.drained();
      expect(log.published).toEqual(await fixture.order(database));
    });

    it('publishes version 2 of a stream after version 1, though an older transaction wrote it', async () => {
      const older = await fixture.openWriter(database);
      await appendOne(store, undefined, 's', 0);
      await appendOne(store, older.tx, 's', 1);
      await older.commit();
      await relay.drained();
      expect(log.published).toEqual(['s@1', 's@2']);
    });

    it('does so also while a transaction between the two still runs, and appends version 3 later', async () => {
      const a = await fixture.openWriter(database);
      const x = await fixture.openWriter(database);
      const b = await fixture.openWriter(database);
      await appendOne(store, b.tx, 's', 0);
      await b.commit();
      await appendOne(store, a.tx, 's', 1);
      await a.commit();
      await vi.waitFor(() => expect(log.published).toEqual(['s@1', 's@2']), 5_000);
      await appendOne(store, x.tx, 's', 2);
      await x.commit();
      await relay.drained();
      expect(log.published).toEqual(['s@1', 's@2', 's@3']);
    });

    it('publishes causes before effects across streams too', async () => {
      const effect = await fixture.openWriter(database);
      await appendOne(store, undefined, 'cause');
      expect((await store.loadStates(effect.tx, ['cause'])).size).toBe(1);
      await appendOne(store, effect.tx, 'effect');
      await effect.commit();
      await relay.drained();
      expect(log.published).toEqual(['cause@1', 'effect@1']);
    });

    it('publishes the last event when nothing at all comes after it', async () => {
      const older = await fixture.openWriter(database);
      await appendOne(store, undefined, 'cause');
      await appendOne(store, older.tx, 'last');
      await older.commit();
      await vi.waitFor(() => expect(log.published).toEqual(['cause@1', 'last@1']), 5_000);
    });

    it('forgets a writer that rolls back', async () => {
      const writer = await fixture.openWriter(database);
      await appendOne(store, writer.tx, 'never');
      await appendOne(store, undefined, 'other');
      await staysUnpublished(['other@1']);
      await writer.rollback();
      await relay.drained();
      expect(log.published).toEqual(['other@1']);
    });

    it('publishes every event once and in its place while many append at the same time', async () => {
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; n < 60; n += 1) {
          const streams = [`own-${writer}`, `shared-${n % 3}`].slice(n % 2);
          await database
            .transaction(async (tx) => {
              for (const stream of streams) {
                const version = (await store.loadStates(tx, [stream])).get(stream)?.version ?? 0;
                await appendOne(store, tx, stream, version);
              }
            })
            .catch((error: unknown) => {
              if (!isCarillonError(error, 'conflict')) throw error;
            });
        }
      });
      await Promise.all(writers);
      await relay.drained();
      const order = await fixture.order(database);
      expect(order.length).toBeGreaterThan(240);
      expect(log.published).toEqual(order);
    });

    it('publishes every event once, versions ascending, effects after causes, in any interleaving', async () => {
      const step = fc.record({
        writer: fc.nat(4),
        action: fc.constantFrom('begin', 'begin', 'append', 'append', 'append', 'commit', 'rollback'),
        stream: fc.nat(5),
      });
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
          round += 1;
          log.messages.length = 0;
          const committed = await interleave(store, () => fixture.openWriter(database), round, steps);
          await relay.drained();
          const order = log.published;
          expect(order.toSorted()).toEqual([...committed.keys()].toSorted());
          for (const [event, seen] of committed) {
            for (const cause of seen) expect(order.indexOf(cause)).toBeLessThan(order.indexOf(event));
          }
          const places = log.messages.map(({ sourcePosition: p }) => [BigInt(p.window), BigInt(p.position)]);
          expect(places).toEqual(places.toSorted(([a, b], [c, d]) => Number(a! - c!) || Number(b! - d!)));
        }),
        { numRuns: 40 },
      );
    });
  });

/** Plays the steps; gives back each committed event with those that its writer could see when it appended. */
async function interleave(
  store: EventStore,
  openWriter: () => Promise<Writer>,
  round: number,
  steps: readonly { writer: number; action: string; stream: number }[],
): Promise<Map<string, string[]>> {
  const open = new Map<number, Writer & { wrote: Map<string, string[]> }>();
  const locked = new Map<string, number>();
  const committed = new Map<string, string[]>();
  const end = async (writer: number, how: 'commit' | 'rollback') => {
    const one = open.get(writer);
    if (!one) return;
    open.delete(writer);
    await one[how]();
    for (const [stream, by] of locked) if (by === writer) locked.delete(stream);
    if (how === 'commit') for (const [event, seen] of one.wrote) committed.set(event, seen);
  };
  for (const { writer, action, stream: number } of steps) {
    const stream = `r${round}-${number}`;
    if (action === 'begin' && !open.has(writer)) {
      open.set(writer, { ...(await openWriter()), wrote: new Map() });
    } else if (action === 'append') {
      const holder = locked.get(stream);
      if (holder !== undefined && holder !== writer) continue; // it would wait for the holder's end
      const one = open.get(writer);
      const seen = [...committed.keys(), ...(one?.wrote.keys() ?? [])];
      const version = (await store.loadStates(one?.tx, [stream])).get(stream)?.version ?? 0;
      await appendOne(store, one?.tx, stream, version);
      if (one) locked.set(stream, writer);
      (one?.wrote ?? committed).set(`${stream}@${version + 1}`, seen);
    } else if (action === 'commit' || action === 'rollback') await end(writer, action);
  }
  for (const writer of [...open.keys()]) await end(writer, 'commit');
  return committed;
}
