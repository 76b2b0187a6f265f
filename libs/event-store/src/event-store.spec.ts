import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventStoreContract } from './contract/event-store.contract.js';
import { EventStore } from './event-store.js';
import { freshStore } from './test/fixture.js';

eventStoreContract('PostgreSQL', freshStore);

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
});
afterAll(() => fixture.drop());

it('goes on across the bounds of partitions, and also where no partition was made in time', async () => {
  const { database } = fixture;
  const store = new EventStore(database);
  const append = (stream: string, expectedVersion: number, by: number) =>
    store.append(undefined, [
      { stream, expectedVersion, events: [{ type: 'Counted', data: { by } }], state: { by } },
    ]);
  const where = async (stream: string) =>
    (
      await database.query<{ part: string }>(
        `SELECT tableoid::regclass::text AS part FROM events WHERE stream = $1
         ORDER BY version`,
        [stream],
      )
    ).map(({ part }) => part);
  await database.query(`SELECT setval('events_position', 9999999)`);
  await append('part-1', 0, 1);
  await append('part-1', 1, 1);
  expect(await where('part-1')).toEqual(['events_1', 'events_1']);
  await database.query(`SELECT setval('events_position', 19999999)`);
  await append('part-2', 0, 1);
  await database.query('SELECT ensure_event_partitions()');
  await append('part-2', 1, 1);
  expect(await where('part-2')).toEqual(['events_default', 'events_default']);
  await database.query(`SELECT setval('events_position', 29999999)`);
  await append('part-2', 2, 1);
  expect(await where('part-2')).toEqual(['events_default', 'events_default', 'events_3']);
  expect((await store.readStream('part-2')).map(({ version }) => version)).toEqual([1, 2, 3]);
});
