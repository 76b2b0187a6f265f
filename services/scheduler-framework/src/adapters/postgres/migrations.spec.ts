import { consumerMigrations } from '@carillon/event-log';
import { Database, eventStoreMigrations } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jobRunsStream, runStream } from '../../application/run-keys.js';
import { connectFrameworkDatabase } from './framework-database.js';
import { frameworkMigrations } from './migrations.js';

let postgres: FreshDatabase;
beforeEach(async () => void (postgres = await freshDatabase()));
afterEach(() => postgres.drop());

it('finds the runs again that were kept by their jobs', async () => {
  const before = [...eventStoreMigrations, ...consumerMigrations, ...frameworkMigrations.slice(0, 1)];
  const old = await Database.connect({
    ...{ url: postgres.url, schema: 'scheduler_framework', applicationName: 'spec', poolSize: 1 },
    migrations: before,
  });
  const run = { uid: '0b2f', runId: '20260203040506ckHxF' };
  await old.query(`INSERT INTO streams (stream, version, state) VALUES ('run-0b2f/20260203040506ckHxF', 1, '{"a":1}'),
                   ('jobRuns-0b2f', 1, '{}')`);
  await old.query(`INSERT INTO events (tick, stream, version, type, schema_version, data, metadata)
                   SELECT 1, stream, version, 'X', 1, '{}', '{}' FROM streams`);
  await old.close();

  const database = await connectFrameworkDatabase(postgres.url);
  const streams = [runStream(run), jobRunsStream('0b2f')];
  const found = await database.query<{ stream: string }>('SELECT stream FROM events ORDER BY stream');
  expect(found.map(({ stream }) => stream)).toEqual([...streams].sort());
  const states = await database.query<{ stream: string }>('SELECT stream, state FROM streams');
  expect(new Map(states.map(({ stream, ...row }) => [stream, row]))).toEqual(
    new Map([
      [streams[0], { state: { a: 1 } }],
      [streams[1], { state: {} }],
    ]),
  );
  await database.close();
});

it('knows of the runs that were there when they were queued', async () => {
  const before = [...eventStoreMigrations, ...consumerMigrations, ...frameworkMigrations.slice(0, 2)];
  const old = await Database.connect({
    ...{ url: postgres.url, schema: 'scheduler_framework', applicationName: 'spec', poolSize: 1 },
    migrations: before,
  });
  const insert = `INSERT INTO runs (uid, run_id, job_id, framework) VALUES`;
  await old.query(`${insert} ('u', 'known', 'j', 'f'), ('u', 'odd', 'j', 'f')`);
  await old.query(`INSERT INTO streams (stream, version, state)
                   VALUES ('run-known/u', 1, '{"queuedAt":1800000000123}'), ('run-odd/u', 1, '{}')`);
  await old.close();

  const database = await connectFrameworkDatabase(postgres.url);
  await database.query(`${insert} ('u', 'byTheVersionBefore', 'j', 'f')`);
  const rows = await database.query<{ run_id: string; at: number }>(
    'SELECT run_id, queued_at::float8 AS at FROM runs',
  );
  const at = new Map(rows.map((row) => [row.run_id, row.at]));
  expect(at.get('known')).toBe(1_800_000_000_123);
  for (const id of ['odd', 'byTheVersionBefore']) expect(at.get(id)).toBeGreaterThan(Date.UTC(2026, 0));
  await database.close();
});
