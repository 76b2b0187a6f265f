import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../database.js';
import { EventStore } from '../event-store.js';

/** A database with the tables of an event store, empty, and what takes it away. */
export interface TestDatabase {
  readonly database: Database;
  drop(): Promise<void>;
}

const counted = (by: number) => ({ type: 'Counted', data: { by } });

/** What an event store does, whatever it is kept in. */
export const eventStoreContract = (name: string, open: () => Promise<TestDatabase>) =>
  describe(`an event store on ${name}`, () => {
    let fixture: TestDatabase;
    let store: EventStore;
    beforeAll(async () => {
      fixture = await open();
      store = new EventStore(fixture.database);
    });
    afterAll(() => fixture.drop());

    const append = (stream: string, expectedVersion: number, ...by: number[]) =>
      store.append(undefined, [{ stream, expectedVersion, events: by.map(counted), state: { by } }]);

    it('gives back what was appended, with positions, versions and the database time', async () => {
      const started = await fixture.database.now();
      const appended = await store.append(
        undefined,
        [{ stream: 'a-1', expectedVersion: 0, events: [counted(1), counted(2)], state: { total: 3 } }],
        { actor: 'somebody', correlationId: 'c' },
      );
      expect(await store.readStream('a-1')).toEqual(appended);
      expect(appended.map(({ version, data }) => [version, data])).toEqual([
        [1, { by: 1 }],
        [2, { by: 2 }],
      ]);
      expect(BigInt(appended[1]!.position)).toBeGreaterThan(BigInt(appended[0]!.position));
      expect(appended[0]!.recordedAt).toBeGreaterThanOrEqual(started);
      expect(appended[0]!.metadata).toMatchObject({ actor: 'somebody', correlationId: 'c' });
      expect(appended[0]!.metadata.eventId).not.toBe(appended[1]!.metadata.eventId);
      expect(await store.loadStates(undefined, ['a-1', 'a-0'])).toEqual(
        new Map([['a-1', { version: 2, state: { total: 3 } }]]),
      );
    });

    describe('record', () => {
      const odd = 'r-"\\ {a},\n';
      const text = 'line\nline \u0000 \\ " {"a",NULL}';
      const recorded = (expectedVersion: number) =>
        ['r-1', odd].map((stream) => ({
          stream,
          expectedVersion,
          events: [counted(1), { type: 'Said', data: { text }, metadata: { correlationId: 'c' } }],
          state: { text },
        }));

      it('appends to streams that exist, whatever their names and texts, and leaves out those of which nothing happened', async () => {
        await append('r-1', 0, 1);
        await append(odd, 0, 1);
        const nothing = { stream: 'r-2', expectedVersion: 7, events: [], state: {} };
        await fixture.database.transaction((tx) => store.record(tx, [...recorded(1), nothing]));
        for (const stream of ['r-1', odd]) {
          const events = await store.readStream(stream);
          expect(events.map(({ version, type, data }) => [version, type, data])).toEqual([
            [1, 'Counted', { by: 1 }],
            [2, 'Counted', { by: 1 }],
            [3, 'Said', { text }],
          ]);
          expect(events[2]!.metadata).toEqual({ eventId: expect.any(String), correlationId: 'c' });
          expect((await store.loadStates(undefined, [stream])).get(stream)).toEqual({
            version: 3,
            state: { text },
          });
        }
      });

      it('appends to new streams beside those that exist, and refuses all of it when one of the new is there', async () => {
        await append('s-1', 0, 1);
        const one = (stream: string, expectedVersion: number) => ({
          ...{ stream, expectedVersion, events: [counted(1)], state: { total: 1 } },
        });
        await fixture.database.transaction((tx) => store.record(tx, [one('s-1', 1), one('s-2', 0)]));
        expect(await store.loadStates(undefined, ['s-1', 's-2'])).toEqual(
          new Map([
            ['s-1', { version: 2, state: { total: 1 } }],
            ['s-2', { version: 1, state: { total: 1 } }],
          ]),
        );
        const writing = fixture.database.transaction((tx) =>
          store.record(tx, [one('s-1', 2), one('s-2', 0), one('s-3', 0)]),
        );
        await expect(writing).rejects.toMatchObject({ kind: 'conflict', code: 'concurrencyConflict' });
        expect(await store.readStream('s-1')).toHaveLength(2);
        expect(await store.readStream('s-3')).toEqual([]);
      });

      it('refuses all of it when one of the streams has moved on', async () => {
        await append('r-3', 0, 1);
        await append('r-4', 0, 1, 1);
        const both = ['r-3', 'r-4'].map((stream) => ({
          stream,
          expectedVersion: 1,
          events: [counted(1)],
          state: {},
        }));
        const writing = fixture.database.transaction((tx) => store.record(tx, both));
        await expect(writing).rejects.toMatchObject({ kind: 'conflict', code: 'concurrencyConflict' });
        expect(await store.readStream('r-3')).toHaveLength(1);
        expect(await store.readStream('r-4')).toHaveLength(2);
      });
    });

    it('keeps any string that JSON may hold', async () => {
      const data = { text: '\u0000 \\ " \ud83d\ude00 {"a",NULL}' };
      await store.append(undefined, [
        { stream: 'any-1', expectedVersion: 0, events: [{ type: 'Said', data }], state: data },
      ]);
      expect((await store.readStream('any-1'))[0]!.data).toEqual(data);
    });

    it.each([
      ['a new stream that exists', 'b-1', 0],
      ['an older version', 'b-1', 1],
      ['a version that is not there yet', 'b-1', 3],
      ['a version of a stream that does not exist', 'b-2', 1],
    ])('refuses %s and writes nothing', async (_name, stream, expectedVersion) => {
      await append('b-1', 0, 1, 1).catch(() => undefined);
      const before = await store.readStream(stream);
      await expect(append(stream, expectedVersion, 5)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'concurrencyConflict',
        details: { stream, expectedVersion },
      });
      expect(await store.readStream(stream)).toEqual(before);
    });

    it('appends to all of several streams or to none', async () => {
      const all = (c: number, d: number) =>
        store.append(undefined, [
          { stream: 'd-1', expectedVersion: d, events: [counted(1)], state: 1 },
          { stream: 'c-1', expectedVersion: c, events: [counted(2), counted(3)], state: 2 },
        ]);
      const appended = await all(0, 0);
      expect(appended.map(({ stream, version }) => [stream, version])).toEqual([
        ['d-1', 1],
        ['c-1', 1],
        ['c-1', 2],
      ]);
      await expect(all(2, 0)).rejects.toMatchObject({ code: 'concurrencyConflict' });
      await expect(all(0, 1)).rejects.toMatchObject({ code: 'concurrencyConflict' });
      expect((await store.loadStates(undefined, ['c-1'])).get('c-1')).toEqual({ version: 2, state: 2 });
      expect(await all(2, 1)).toHaveLength(3);
      expect(await store.readStream('c-1')).toHaveLength(4);
    });

    it('refuses all of it when a stream is named twice, also one version after the other', async () => {
      const twice = [0, 1].map((expectedVersion) => ({
        ...{ stream: 'twice-1', expectedVersion, events: [counted(1)], state: 1 },
      }));
      const conflict = { kind: 'conflict', code: 'concurrencyConflict' };
      await expect(store.append(undefined, twice)).rejects.toMatchObject(conflict);
      const recording = fixture.database.transaction((tx) => store.record(tx, twice));
      await expect(recording).rejects.toMatchObject(conflict);
      expect(await store.readStream('twice-1')).toEqual([]);
    });

    it('goes on when the transaction that it waited for is rolled back', async () => {
      const both = ['wait-1', 'wait-2'].map((stream) => ({
        ...{ stream, expectedVersion: 0, events: [counted(1)], state: 1 },
      }));
      let waiting: Promise<unknown> | undefined;
      const other = fixture.database.transaction(async (tx) => {
        await store.append(tx, both.slice(1));
        waiting = store.append(undefined, both);
        for (let turn = 0; turn < 10; turn += 1) await fixture.database.now(); // it has come to the second stream
        throw new Error('no');
      });
      await expect(other).rejects.toThrow('no');
      expect(await waiting).toHaveLength(2);
      expect(await store.readStream('wait-2')).toHaveLength(1);
    });

    it('lets exactly one of those win who expect the same version', async () => {
      await append('race-1', 0, 1);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, by) => append('race-1', 1, by)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await store.readStream('race-1')).toHaveLength(2);
      const created = await Promise.allSettled(
        Array.from({ length: 20 }, (_, by) => append('race-2', 0, by)),
      );
      expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('belongs to the transaction that it is given, and is announced after the commit', async () => {
      const announced = vi.fn();
      const end = fixture.database.announcements.on('appended', announced);
      const one = [{ stream: 'tx-1', expectedVersion: 0, events: [counted(1)], state: 1 }];
      const failing = fixture.database.transaction(async (tx) => {
        await store.append(tx, one);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await store.readStream('tx-1')).toEqual([]);
      expect(announced).not.toHaveBeenCalled();
      await fixture.database.transaction((tx) => store.append(tx, one));
      expect(await store.readStream('tx-1')).toHaveLength(1);
      expect(announced).toHaveBeenCalledOnce();
      end();
    });

    it('reads a stream in pages', async () => {
      await append('page-1', 0, 1, 2, 3, 4, 5);
      expect((await store.readStream('page-1', 1, 2)).map(({ version }) => version)).toEqual([2, 3]);
    });

    it('upcasts older events when they are read and writes new ones in the newest form', async () => {
      await append('up-1', 0, 7);
      const upcasters = {
        Counted: [
          ({ by }: { by: number }) => ({ amount: by }),
          ({ amount }: { amount: number }) => ({ amount, unit: 'piece' }),
        ],
      };
      const newer = new EventStore(fixture.database, { upcasters });
      const data = { amount: 8, unit: 'dozen' };
      const events = [{ type: 'Counted', data }];
      await newer.append(undefined, [{ stream: 'up-1', expectedVersion: 1, events, state: {} }]);
      const read = await newer.readStream('up-1');
      expect(read.map((event) => [event.schemaVersion, event.data])).toEqual([
        [3, { amount: 7, unit: 'piece' }],
        [3, data],
      ]);
    });
  });
