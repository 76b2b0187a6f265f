import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Database } from './database.js';
import { rolledBack } from './rolled-back.js';

let postgres: FreshDatabase;
let database: Database;

beforeAll(async () => {
  postgres = await freshDatabase();
  const migrations = [{ name: '001-things', up: 'CREATE TABLE things (id int PRIMARY KEY)' }];
  database = await Database.connect({
    ...{ url: postgres.url, schema: 'service', applicationName: 'spec', migrations },
  });
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

const kept = () => database.query('SELECT id FROM things ORDER BY id');

it('answers as ever, and keeps nothing', async () => {
  const vain = rolledBack(database);
  const afterCommit = vi.fn();
  const announced = vi.fn();
  database.announcements.on('told', announced);
  const notified = vi.fn();
  const listening = await database.listen('things', notified);

  expect(await vain.query('INSERT INTO things VALUES (1) RETURNING id')).toEqual([{ id: 1 }]);
  const inTransaction = await vain.transaction(async (tx) => {
    tx.afterCommit(afterCommit);
    await tx.query('INSERT INTO things VALUES (2)');
    await tx.query(`NOTIFY things, 'in vain'`);
    return tx.query('SELECT id FROM things');
  });
  vain.announcements.announce('told');
  await database.query(`NOTIFY things, 'in earnest'`);

  expect(inTransaction).toEqual([{ id: 2 }]);
  expect(await kept()).toEqual([]);
  await expect.poll(() => notified.mock.calls).toEqual([['in earnest']]);
  expect(afterCommit).not.toHaveBeenCalled();
  expect(announced).not.toHaveBeenCalled();
  await listening.close();
});

it('throws what the work throws, and what the database says', async () => {
  const vain = rolledBack(database);
  const own = new Error('of the work');
  await expect(vain.transaction(() => Promise.reject(own))).rejects.toBe(own);
  await expect(vain.query('INSERT INTO things VALUES (3), (3)')).rejects.toThrow('duplicate key');
  expect(await kept()).toEqual([]);
});

it('closes nothing', async () => {
  await rolledBack(database).close();
  expect(await kept()).toEqual([]);
});
