import { Database, eventStoreMigrations } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timerMigrations } from './migrations.js';
import { PostgresWorkflows } from './postgres-workflows.js';

let postgres: FreshDatabase;
let database: Database;

beforeAll(async () => {
  postgres = await freshDatabase();
  database = await Database.connect({
    ...{ url: postgres.url, schema: 'timer', applicationName: 'spec', poolSize: 1 },
    migrations: [...eventStoreMigrations, ...timerMigrations],
  });
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

it('needs no second connection: as many consumers as there are connections would wait for each other', async () => {
  const earliest = await database.now();
  const workflows = new PostgresWorkflows(database);
  const taken = await database.transaction((tx) => workflows.take(tx, { awaited: ['nobody'] }));
  expect(taken.workflows).toEqual([]);
  expect(taken.now).toBeGreaterThanOrEqual(earliest);
});
