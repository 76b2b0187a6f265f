import { afterAll, beforeAll, expect, it } from 'vitest';
import { Aggregates } from './aggregates.js';
import type { StateColumn } from './append.js';
import { EventStore } from './event-store.js';
import { counter, type CounterCommand, type CounterState } from './test/counter.js';
import { freshStore } from './test/fixture.js';

const columns: readonly StateColumn<CounterState>[] = [
  { name: 'total', type: 'int', of: ({ total, closed }) => (closed ? null : String(total)) },
  { name: 'open', type: 'jsonb', of: ({ total, closed }) => (closed ? null : JSON.stringify({ total })) },
];
const count = (by: number): CounterCommand => ({ type: 'count', by });

let fixture: Awaited<ReturnType<typeof freshStore>>;
let counters: Aggregates<CounterState, CounterCommand, ReturnType<typeof counter.decide>[number]>;
beforeAll(async () => {
  fixture = await freshStore();
  await fixture.database.query('ALTER TABLE streams ADD COLUMN total int, ADD COLUMN open jsonb');
  const store = new EventStore(fixture.database, { columns });
  counters = new Aggregates(store, { category: 'counter', decider: counter });
});
afterAll(() => fixture.drop());

const stored = () => fixture.database.query('SELECT stream, total, open FROM streams ORDER BY stream');
const row = (id: string, total: number | null, open: object | null) => ({
  stream: `counter-${id}`,
  total,
  open,
});

it('writes columns with the state, whatever the form of the append', async () => {
  await counters.handle('a', count(1));
  await counters.handle('a', count(2));
  await counters.handleAll(undefined, [
    { id: 'a', command: count(4) },
    { id: 'b', command: count(5) },
    { id: 'c', command: count(6) },
    { id: 'c', command: { type: 'close', at: 1 } },
  ]);
  await counters.handleAll(undefined, [
    { id: 'd', command: count(7) },
    { id: 'd', command: count(1) },
  ]);
  expect(await stored()).toEqual([
    row('a', 7, { total: 7 }),
    row('b', 5, { total: 5 }),
    row('c', null, null),
    row('d', 8, { total: 8 }),
  ]);
});

it('finds and repairs columns that are not what the events lead to', async () => {
  const before = await stored();
  await fixture.database.query(`UPDATE streams SET open = '{}' WHERE stream = 'counter-c'`);
  await fixture.database.query(`UPDATE streams SET total = NULL WHERE stream = 'counter-d'`);
  const differing = ['counter-c', 'counter-d'];
  expect(await counters.rebuild({ repair: false })).toMatchObject({ differing });
  expect(await counters.rebuild({ repair: true })).toMatchObject({ differing });
  expect(await counters.rebuild({ repair: false })).toMatchObject({ differing: [] });
  expect(await stored()).toEqual(before);
});
