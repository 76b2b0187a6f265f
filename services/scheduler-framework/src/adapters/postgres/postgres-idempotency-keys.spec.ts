import type { Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectFrameworkDatabase } from './framework-database.js';
import { PostgresIdempotencyKeys } from './postgres-idempotency-keys.js';

let postgres: FreshDatabase;
let database: Database;
beforeEach(async () => {
  postgres = await freshDatabase();
  database = await connectFrameworkDatabase(postgres.url);
});
afterEach(async () => {
  await database.close();
  await postgres.drop();
});

it('keeps which run a key of a job made, for a day', async () => {
  const keys = new PostgresIdempotencyKeys(database);
  const runs = () =>
    Promise.all([
      keys.find({ uid: 'u1', key: 'a' }),
      keys.find({ uid: 'u1', key: 'b' }),
      keys.find({ uid: 'u2', key: 'a' }),
    ]);
  await database.transaction(async (tx) => {
    await keys.record(tx, { uid: 'u1', runId: 'r1' }, 'a');
    await keys.record(tx, { uid: 'u2', runId: 'r2' }, 'a');
  });
  expect(await runs()).toEqual(['r1', undefined, 'r2']);
  expect(await keys.forgetOld()).toBe(0);
  await database.query(`UPDATE idempotency_keys SET made_at = now() - interval '25 hours' WHERE uid = 'u1'`);
  expect(await keys.forgetOld()).toBe(1);
  expect(await runs()).toEqual([undefined, undefined, 'r2']);
});
