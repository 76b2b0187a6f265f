import type { FindCurrentRunsRequest, Run, RunPlace } from '@carillon/contracts';
import { type Database, EventStore } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTaskStatus } from '../domain/tasks/task-status.js';
import { connectFrameworkDatabase } from '../adapters/postgres/framework-database.js';
import { PostgresRunIndex } from '../adapters/postgres/postgres-run-index.js';
import { FindCurrentRuns } from './find-current-runs.js';
import { ReadRuns } from './read-runs.js';
import type { RunPage, RunRow, WantedRows } from './run-index.js';
import { RunLedger, type RunOrder } from './run-ledger.js';

const NOW = 1_800_000_000_000;
/** So that a search comes to its bound. */
const WAITING = 10_900;
const AGENT = { taskId: 't', agentId: 'a7', hostname: 'h7' };

let postgres: FreshDatabase;
let database: Database;
let search: FindCurrentRuns;
let pages: WantedRows[];
let loaded = 0;
let all: Run[];

class WatchedIndex extends PostgresRunIndex {
  override page(wanted: WantedRows): Promise<RunPage> {
    pages.push(wanted);
    return super.page(wanted);
  }
}

class WatchedRuns extends ReadRuns {
  override load(rows: readonly RunRow[]): Promise<Run[]> {
    loaded += rows.length;
    return super.load(rows);
  }
}

beforeAll(async () => {
  postgres = await freshDatabase();
  database = await connectFrameworkDatabase(postgres.url);
  const ledger = new RunLedger(new EventStore(database), new PostgresRunIndex(database));
  const refs = Array.from({ length: WAITING }, (_, index) => ({
    ref: { uid: index % 2 === 0 ? 'even' : 'odd', runId: `20270115080000${String(index).padStart(5, '0')}` },
    queuedAt: NOW + Math.floor(index / 3),
  }));
  await ledger.transaction(async (tx) => {
    const batch = ledger.batch(tx);
    for (const { ref, queuedAt } of refs) {
      const facts = { ...ref, jobId: ref.uid === 'even' ? 'dev.even' : 'prod_odd' };
      batch.open(
        { ...facts, framework: 'f' },
        {
          ...{ type: 'QueueRun', ...facts, revision: 1, trigger: ref.uid === 'even' ? 'schedule' : 'manual' },
          ...{ dueAt: NOW, restart: { policy: 'NEVER' }, now: queuedAt },
        },
        {},
      );
    }
    await batch.save();
  });
  const order = (index: number, command: RunOrder['command']): RunOrder => ({
    ...{ ref: refs[index]?.ref ?? { uid: '', runId: '' }, trace: {}, command },
  });
  const launch = { type: 'LaunchAttempt', attempt: 1, now: NOW + 1, ...AGENT } as const;
  const states = [
    ['TASK_RUNNING'],
    ['TASK_RUNNING', 'TASK_FAILED'],
    ['TASK_RUNNING', 'TASK_FINISHED'],
    ['TASK_RUNNING'],
  ] as const;
  for (const [index, its] of states.entries()) {
    await ledger.record([order(index, { ...launch, taskId: `t${index}` })]);
    for (const state of its) {
      // PostgreSQL takes nothing out of JSON that has a NUL anywhere.
      const message = 'Command exited with status 3 \0';
      const told = readTaskStatus({ taskId: { value: `t${index}` }, state, message }, 'f', NOW + 2);
      if (told) await ledger.record([order(index, told)]);
    }
  }
  // One that runs still, and one that waited.
  for (const index of [3, 4])
    await ledger.record([order(index, { type: 'RequestStop', now: NOW + 9, reason: 'x' })]);
  pages = [];
  const read = new WatchedRuns(ledger.store, new PostgresRunIndex(database));
  search = new FindCurrentRuns(new WatchedIndex(database), read);
  all = (await read.list({ uids: [], activeOnly: false })).runs.toSorted(
    (a, b) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1),
  );
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

/** All pages of so many, and how many there were. */
async function walk(wanted: Partial<FindCurrentRunsRequest>) {
  const found: Run[] = [];
  let calls = 0;
  let place: RunPlace | undefined;
  do {
    const page = await search.find({ limit: 1001, ...wanted, ...(place ? { before: place } : {}) });
    found.push(...page.runs);
    place = page.next;
    calls += 1;
  } while (place);
  return { found, calls };
}
const idsOf = (runs: readonly Run[]) => runs.map(({ runId }) => runId);

describe('the current runs', () => {
  it('come page by page, each once, the one queued last first', async () => {
    expect(all).toHaveLength(WAITING);
    for (const limit of [1001, 500]) {
      const { found } = await walk({ limit });
      expect(idsOf(found)).toEqual(idsOf(all));
    }
  });

  it('are read no further than asked', async () => {
    pages = [];
    const { runs } = await search.find({ limit: 3 });
    expect(idsOf(runs)).toEqual(idsOf(all).slice(0, 3));
    expect(pages.map(({ limit }) => limit)).toEqual([3]);
  });

  it.each<[Partial<FindCurrentRunsRequest>, (run: Run) => boolean]>([
    [{ uid: 'odd' }, ({ uid }) => uid === 'odd'],
    [{ jobPrefix: 'dev.' }, ({ jobId }) => jobId === 'dev.even'],
    [{ jobPrefix: 'prod%' }, () => false],
    [{ from: NOW + 3_600 }, ({ queuedAt }) => queuedAt >= NOW + 3_600],
    [{ until: NOW + 100, uid: 'even' }, ({ queuedAt, uid }) => queuedAt < NOW + 100 && uid === 'even'],
    [{ trigger: 'manual' }, ({ trigger }) => trigger === 'manual'],
    [{ agent: 'a7' }, ({ attempts }) => attempts.length > 0],
    [{ agent: 'h7', exitCode: 3 }, ({ attempts }) => attempts.at(-1)?.exitCode === 3],
    [{ outcome: 'failed' }, ({ outcome }) => outcome === 'failed'],
    [{ status: 'ended' }, ({ status }) => status === 'ended'],
    [{ status: 'running' }, ({ status }) => status === 'running'],
    [{ status: 'queued', uid: 'odd' }, ({ status, uid }) => status === 'queued' && uid === 'odd'],
  ])('meet %j', async (wanted, meets) => {
    const { found } = await walk(wanted);
    expect(idsOf(found)).toEqual(idsOf(all.filter(meets)));
  });

  it('are not all looked at for one answer', async () => {
    pages = [];
    const { found, calls } = await walk({ status: 'running', limit: 500 });
    expect([found.length, calls]).toEqual([1, 2]);
    expect(pages.map(({ limit }) => limit)).toEqual([500, 10_000, 500]);
  });

  it('are judged where they are kept: only those are read that may meet what is said', async () => {
    loaded = 0;
    for (const wanted of [
      { status: 'running' },
      { status: 'ended' },
      { outcome: 'failed' },
      { agent: 'a7' },
    ] as const)
      await walk(wanted);
    expect(loaded).toBeLessThan(20);
  });
});
