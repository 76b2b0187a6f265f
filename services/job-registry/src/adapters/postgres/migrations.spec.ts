import { Aggregates, Database, EventStore, eventStoreMigrations } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JOB } from '../../application/streams.js';
import { jobDecider } from '../../domain/job.decide.js';
import { jobSpec } from '../../domain/job.fixtures.js';
import { jobColumns } from './job-columns.js';
import { searchOf } from './job-search.js';
import { jobRegistryMigrations } from './migrations.js';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

const connect = (migrations: typeof jobRegistryMigrations) =>
  Database.connect({
    url: fresh.url,
    schema: 'job_registry',
    applicationName: 'spec',
    migrations: [...eventStoreMigrations, ...migrations],
  });
const jobsIn = (database: Database, columns = jobColumns) =>
  new Aggregates(new EventStore(database, { columns }), { category: JOB, decider: jobDecider });

test('jobs of an earlier version are found as those of this one', async () => {
  const before = await connect(jobRegistryMigrations.slice(0, 4));
  const earlier = jobsIn(before, []);
  const parent = jobSpec({ id: 'parent', description: 'The First', labels: { team: 'A' } });
  const child = jobSpec({ id: 'child', dependencies: [{ id: 'parent' }] });
  for (const spec of [parent, child, jobSpec({ id: 'gone' })]) {
    await earlier.handle(spec.id, { type: 'CreateJob', uid: `uid-${spec.id}`, spec, now: 1 });
  }
  await earlier.handle('gone', { type: 'RemoveJob', jobId: 'gone', uid: 'uid-gone', now: 2 });
  await before.close();

  const database = await connect(jobRegistryMigrations);
  expect(await jobsIn(database).rebuild({ repair: false })).toEqual({ streams: 3, differing: [] });
  expect(await database.query('SELECT stream FROM job_labels')).toEqual([{ stream: 'job-parent' }]);
  await database.close();
});

test('a long label of an earlier version is found, and goes with its job', async () => {
  const schema = await freshDatabase();
  const at = (migrations: typeof jobRegistryMigrations) =>
    Database.connect({
      ...{ url: schema.url, schema: 'job_registry', applicationName: 'spec' },
      migrations: [...eventStoreMigrations, ...migrations],
    });
  const before = await at(jobRegistryMigrations.slice(0, 5));
  // So long an entry fits where it can be compressed.
  const spec = jobSpec({ id: 'a', labels: { long: 'x'.repeat(5_000), team: 'A' } });
  await jobsIn(before).handle('a', { type: 'CreateJob', uid: 'u', spec, now: 1 });
  await before.close();

  const database = await at(jobRegistryMigrations);
  const [sql, values] = searchOf({ labels: spec.labels }, '', 9);
  expect(await database.query(sql, values)).toHaveLength(1);
  await jobsIn(database).handle('a', { type: 'RemoveJob', jobId: 'a', uid: 'u', now: 2 });
  expect(await database.query('SELECT 1 FROM job_labels')).toEqual([]);
  await database.close();
  await schema.drop();
});
