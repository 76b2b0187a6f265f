import { given } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Aggregates } from './aggregates.js';
import { EventStore } from './event-store.js';
import { counter, type CounterCommand, type CounterEvent, type CounterState } from './test/counter.js';
import { freshStore } from './test/fixture.js';

const count = (by: number): CounterCommand => ({ type: 'count', by });

describe('Aggregates', () => {
  let fixture: Awaited<ReturnType<typeof freshStore>>;
  let store: EventStore;
  let counters: Aggregates<CounterState, CounterCommand, CounterEvent>;
  beforeAll(async () => {
    fixture = await freshStore();
    store = new EventStore(fixture.database);
    counters = new Aggregates(store, { category: 'counter', decider: counter });
  });
  afterAll(() => fixture.drop());

  it('decides on the state that the last command left', async () => {
    expect(await counters.handle('1', count(3))).toMatchObject({ version: 1, state: { total: 3 } });
    expect(await counters.handle('1', count(4))).toMatchObject({ version: 2, state: { total: 7 } });
    expect(await counters.load('1')).toEqual({ version: 2, state: { total: 7, closed: false } });
    expect(await counters.load('none')).toEqual({ version: 0, state: { total: 0, closed: false } });
  });

  it('tells a command the time of the database, of new aggregates and old', async () => {
    const closing = (now: number): CounterCommand => ({ type: 'close', at: now });
    await counters.handle('aged', count(1));
    const before = await fixture.database.now();
    const orders = ['aged', 'fresh'].map((id) => ({ id, command: closing }));
    const outcomes = [
      ...(await counters.handleAll(undefined, orders)),
      await counters.handle('alone', closing),
    ];
    const after = await fixture.database.now();
    for (const outcome of outcomes) {
      const [event] = 'events' in outcome ? outcome.events : [];
      const { at } = event?.data as { at: number };
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(after);
    }
    expect(await counters.load('aged')).toMatchObject({ version: 2, state: { total: 1, closed: true } });
  });

  it('writes nothing when nothing happened or the rule said no', async () => {
    expect(await counters.handle('2', count(0))).toMatchObject({ version: 0, events: [] });
    await counters.handle('2', { type: 'close', at: 1 });
    await expect(counters.handle('2', count(1))).rejects.toMatchObject({ code: 'closed' });
    expect(await store.readStream('counter-2')).toHaveLength(1);
  });

  it('retries until every concurrent command is in', async () => {
    await Promise.all(Array.from({ length: 8 }, () => counters.handle('busy', count(1))));
    expect(await counters.load('busy')).toMatchObject({ version: 8, state: { total: 8 } });
  });

  it('writes alongside in the same transaction', async () => {
    await fixture.database.query('CREATE TABLE notes (id text PRIMARY KEY, version int)');
    const alongside = async (
      tx: { query(sql: string, p: unknown[]): Promise<unknown> },
      h: { version: number },
    ) => {
      await tx.query('INSERT INTO notes VALUES ($1, $2)', ['noted', h.version]);
    };
    await counters.handle('noted', count(1), { alongside });
    await expect(counters.handle('noted', count(1), { alongside })).rejects.toThrow('duplicate key');
    expect(await counters.load('noted')).toMatchObject({ version: 1 });
    expect(await fixture.database.query('SELECT version FROM notes')).toEqual([{ version: 1 }]);
  });

  it('handles a batch in order: chained commands, refusals apart, one append', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const orders = [
      { id: 'x', command: count(1) },
      { id: 'y', command: { type: 'close', at: 5 } as const },
      { id: 'x', command: count(2) },
      { id: 'y', command: count(1), metadata: { causationId: 'refused' } },
      { id: 'x', command: count(0) },
      {
        id: 'z',
        command: count(9),
        metadata: { causationId: 'm-9', traceparent },
      },
    ];
    const outcome = await fixture.database.transaction((tx) => counters.handleAll(tx, orders));
    expect(outcome).toMatchObject([
      { id: 'x', version: 1, state: { total: 1 }, events: [{ version: 1 }] },
      { id: 'y', version: 1, state: { closed: true }, events: [{ version: 1 }] },
      { id: 'x', version: 2, state: { total: 3 }, events: [{ version: 2 }] },
      { id: 'y', error: { code: 'closed' } },
      { id: 'x', version: 2, state: { total: 3 }, events: [] },
      { id: 'z', version: 1, events: [{ metadata: { causationId: 'm-9', traceparent } }] },
    ]);
    expect(await counters.load('x')).toEqual({ version: 2, state: { total: 3, closed: false } });
    expect((await store.readStream('counter-x')).map(({ data }) => data)).toEqual([{ by: 1 }, { by: 2 }]);
  });

  it('lets one of two concurrent batches win and the other roll back whole', async () => {
    const loaded = barrier(2);
    class Meeting extends EventStore {
      override async loadStates(...[tx, streams]: Parameters<EventStore['loadStates']>) {
        const states = await super.loadStates(tx, streams);
        await loaded();
        return states;
      }
    }
    const slow = new Aggregates(new Meeting(fixture.database), { category: 'counter', decider: counter });
    const outcomes = await Promise.allSettled(
      ['mine-1', 'mine-2'].map((mine) =>
        fixture.database.transaction((tx) =>
          slow.handleAll(tx, [
            { id: mine, command: count(1) },
            { id: 'shared', command: count(1) },
          ]),
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((one) => one.status === 'rejected')).toMatchObject({ reason: { kind: 'conflict' } });
    expect((await counters.load('shared')).version).toBe(1);
    const mine = await Promise.all(['mine-1', 'mine-2'].map((id) => counters.load(id)));
    expect(mine.map(({ version }) => version).sort()).toEqual([0, 1]);
  });

  it('keeps states that equal what any prefix and the whole of their events lead to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 12 }),
        async (id, steps) => {
          for (const by of steps) {
            await counters.handle(id, count(by));
            const events = await store.readStream(`counter-${id}`);
            const { state, version } = await counters.load(id);
            expect(events).toHaveLength(version);
            let rebuilt = counter.initialState();
            for (const event of events) rebuilt = counter.evolve(rebuilt, event as never);
            expect(rebuilt).toEqual(state);
          }
        },
      ),
      { numRuns: 15 },
    );
    expect(await counters.rebuild({ repair: false })).toMatchObject({ differing: [] });
  });

  it('finds and repairs states that are not what their events lead to', async () => {
    await counters.handle('bent', count(2));
    await fixture.database.query(`UPDATE streams SET state = '{"total":99}' WHERE stream = 'counter-bent'`);
    expect(await counters.rebuild({ repair: false })).toMatchObject({ differing: ['counter-bent'] });
    expect(await counters.rebuild({ repair: true })).toMatchObject({ differing: ['counter-bent'] });
    expect(await counters.rebuild({ repair: false })).toMatchObject({ differing: [] });
    expect(await counters.load('bent')).toMatchObject({ state: { total: 2, closed: false } });
  });
});

it('is what the domain specs say', () => {
  given(counter, [{ type: 'Closed', data: { at: 1 } }])
    .when(count(1))
    .thenRefused('closed');
});

/** Lets its callers go on when so many have come. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let missing = count;
  return async () => {
    missing -= 1;
    if (missing === 0) resolve(undefined);
    await promise;
  };
}
