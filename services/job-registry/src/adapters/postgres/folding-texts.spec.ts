import { Aggregates, EventStore } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JOB } from '../../application/streams.js';
import { jobDecider } from '../../domain/job.decide.js';
import { jobSpec } from '../../domain/job.fixtures.js';
import { FoldingTexts } from './folding-texts.js';
import { jobColumns } from './job-columns.js';
import { connectJobRegistryDatabase } from './job-registry-database.js';

let fresh: FreshDatabase;
let database: Awaited<ReturnType<typeof connectJobRegistryDatabase>>;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await connectJobRegistryDatabase(fresh.url);
  await database.query('CREATE EXTENSION pgstattuple');
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

async function waitingTexts(): Promise<number> {
  const [row] = await database.query<{ waiting: number }>(
    `SELECT pending_tuples::int AS waiting FROM pgstatginindex('jobs_by_text')`,
  );
  return row?.waiting ?? Number.NaN;
}

test('folds what waited before it began, and what comes later', async () => {
  const store = new EventStore(database, { columns: jobColumns });
  const jobs = new Aggregates(store, { category: JOB, decider: jobDecider });
  const create = (id: string) =>
    jobs.handle(id, { type: 'CreateJob', uid: `uid-${id}`, spec: jobSpec({ id }), now: 1 });
  await create('before');
  expect(await waitingTexts()).toBe(1);
  const folding = new FoldingTexts(database, { quietMs: 1, atLeastEveryMs: 1 });
  folding.start();
  await expect.poll(waitingTexts).toBe(0);
  await create('later');
  await expect.poll(waitingTexts).toBe(0);
  await folding.stop();
  await create('afterwards');
  expect(await waitingTexts()).toBe(1);
});
