import { type Database, EventStore } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectFrameworkDatabase } from '../adapters/postgres/framework-database.js';
import { PostgresRunIndex } from '../adapters/postgres/postgres-run-index.js';
import type { LaunchAttempt, QueueRun, RecordTaskStatus } from '../domain/run/run.commands.js';
import type { Recorded } from './run-batch.js';
import { RunLedger, type RunOrder } from './run-ledger.js';

const NOW = 1_800_000_000_000;
const trace = {};
const launch: LaunchAttempt = {
  ...{ type: 'LaunchAttempt', attempt: 1, taskId: 't', agentId: 'a', hostname: 'h', now: NOW + 1 },
};
const status = (state: RecordTaskStatus['state']): RecordTaskStatus => ({
  ...{ type: 'RecordTaskStatus', taskId: 't', state, now: NOW + 2 },
});
const typesOf = (recorded: readonly Recorded[]) =>
  recorded.map(({ events }) => events.map(({ type }) => type));

describe('RunLedger', () => {
  let postgres: FreshDatabase;
  let database: Database;
  let ledger: RunLedger;
  let queued: Recorded;
  let runs = 0;

  beforeAll(async () => {
    postgres = await freshDatabase();
    database = await connectFrameworkDatabase(postgres.url);
    ledger = new RunLedger(new EventStore(database), new PostgresRunIndex(database));
  });
  beforeEach(async () => {
    const ref = { uid: 'u', runId: `20270115080000run${(runs += 1)}` };
    const queue: QueueRun = {
      type: 'QueueRun',
      jobId: 'test.u',
      ...ref,
      revision: 1,
      trigger: 'schedule',
      dueAt: NOW,
      restart: { policy: 'NEVER' },
      now: NOW,
    };
    queued = await ledger.transaction(async (tx) => {
      const batch = ledger.batch(tx);
      const recorded = batch.open({ ...ref, jobId: 'test.u', framework: 'f' }, queue, trace);
      await batch.save();
      return recorded;
    });
  });
  afterAll(async () => {
    await database.close();
    await postgres.drop();
  });

  const known = ({ version, run }: Recorded) => ({ version, state: run });
  const order = (command: RunOrder['command'], seen?: Recorded): RunOrder => ({
    ...{ ref: { ...queued.ref }, trace, command },
    ...(seen ? { known: known(seen) } : {}),
  });

  it.each([
    ['what is known', () => [queued, queued]],
    ['what has to be loaded', () => [undefined, undefined]],
    ['what is known to the first', () => [queued, undefined]],
    ['what is known to the second', () => [undefined, queued]],
  ])('decides about one run in turn, from %s', async (_, seen) => {
    const [first, second] = seen();
    const recorded = await ledger.record([order(launch, first), order(status('TASK_RUNNING'), second)]);
    expect(typesOf(recorded)).toEqual([['AttemptLaunched'], ['AttemptStarted']]);
    expect(recorded.at(-1)).toMatchObject({ version: 3, run: { status: 'running' } });
  });

  it('loads what is out of date, and decides anew', async () => {
    const [launched] = await ledger.record([order(launch, queued)]);
    const again = await ledger.record([order(launch, queued), order(status('TASK_RUNNING'), queued)]);
    expect(typesOf(again)).toEqual([[], ['AttemptStarted']]);
    expect(again.at(-1)?.version).toBe((launched?.version ?? 0) + 1);
  });
});
