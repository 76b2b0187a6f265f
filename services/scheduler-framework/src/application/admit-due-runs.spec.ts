import type { RunDue } from '@carillon/contracts';
import { type Database, EventStore } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectFrameworkDatabase } from '../adapters/postgres/framework-database.js';
import { PostgresLease } from '../adapters/postgres/postgres-lease.js';
import { PostgresRunIndex } from '../adapters/postgres/postgres-run-index.js';
import { dueMessage, job } from '../test/framework-rig.js';
import { AdmitDueRuns } from './admit-due-runs.js';
import { Revisions } from './revisions.js';
import type { Recorded } from './run-batch.js';
import { RunLedger } from './run-ledger.js';
import { StopRun } from './stop-run.js';

let postgres: FreshDatabase;
let database: Database;
let ledger: RunLedger;
let admit: AdmitDueRuns;
let admitted: Recorded[];

beforeEach(async () => {
  postgres = await freshDatabase();
  database = await connectFrameworkDatabase(postgres.url);
  ledger = new RunLedger(new EventStore(database), new PostgresRunIndex(database));
  admitted = [];
  const lease = new PostgresLease(database, { framework: 'carillon', holder: 'one', ttlMs: 60_000 });
  const fence = await lease.acquire();
  if (!fence) throw new Error('the lease is taken');
  const revisions = new Revisions(
    { find: () => Promise.resolve([]), keep: () => Promise.resolve(), forget: () => Promise.resolve() },
    {
      getRevisions: ({ revisions: asked }) =>
        Promise.resolve({ jobs: asked.map(({ uid }) => job(uid, { cmd: 'true' })) }),
    },
  );
  admit = new AdmitDueRuns({
    ...{ ledger, revisions, framework: 'carillon', fence, clock: Date.now },
    onDue: () => undefined,
    onAdmitted: (recorded) => void (admitted = [...recorded]),
    onLost: () => undefined,
  });
});
afterEach(async () => {
  await database.close();
  await postgres.drop();
});

const due = (uid: string, runId: string): RunDue => ({
  ...{ jobId: `test.${uid}`, uid, runId, revision: 1, scheduleId: '', trigger: 'schedule' },
  ...{ dueAt: 1, decidedAt: 1 },
});
const handle = (...dues: RunDue[]) =>
  database.transaction((tx) =>
    admit.handle(
      tx,
      dues.map((one) => dueMessage(one)),
    ),
  );

it('a run that comes again when its door has forgotten it stays as it is, and holds nobody up', async () => {
  const stop = new StopRun(ledger, Date.now);
  const first = due('u1', 'r0');
  for (let index = 0; index < 30; index += 1) {
    const one = due('u1', `r${index}`);
    await handle(one);
    await stop.stop(one);
  }
  const again = () => handle(first, due('u2', 'r0'));
  await expect(again()).rejects.toMatchObject({ code: 'concurrencyConflict' }); // which has it tried again
  await again();
  expect(admitted.map(({ ref }) => ref)).toMatchObject([{ uid: 'u2', runId: 'r0' }]);
  const events = await ledger.store.readStream('run-r0/u1');
  expect(events.map(({ type }) => type)).toEqual(['RunQueued', 'RunStopRequested', 'RunEnded']);
});
