import type { FindRunsRequest, PublicEvent, Run, RunPlace } from '@carillon/contracts';
import type { Database, Transaction } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectEvents } from '../../application/project-events.js';
import { ReadHistory } from '../../application/read-history.js';
import { event, runStory } from '../../domain/event.fixtures.js';
import { connectHistoryDatabase } from './history-database.js';
import { PostgresHistoryReader } from './postgres-history-reader.js';
import { PostgresHistoryTables } from './postgres-history-tables.js';

let postgres: FreshDatabase;
let database: Database;

const defined = (uid: string, revision: number, labels: Record<string, string>) => {
  const job = { jobId: 'prod.dump', uid, revision, definedAt: 1, labels, dependencies: [], schedules: [] };
  return event('JobDefined', { ...job, cpus: 1, mem: 32, disk: 0, gpus: 0, persistentVolumes: [] });
};

const project = (events: readonly PublicEvent[]) =>
  database.transaction((tx) => projectEvents(new PostgresHistoryTables(tx), events));

beforeAll(async () => {
  postgres = await freshDatabase();
  database = await connectHistoryDatabase(postgres.url);
  // In an order of texts that is that of bytes and no language's.
  await project([
    ...runStory({ runId: 'b', dueAt: 1_000 }),
    ...runStory({ runId: 'B', dueAt: 1_000, outcome: 'failed' }),
    ...runStory({ runId: 'a', dueAt: 1_000 }),
    ...runStory({ runId: 'x', dueAt: 2_000, uid: 'u2', outcome: 'killed' }),
    ...runStory({ runId: 'going', dueAt: 3_000 }).slice(0, 4),
  ]);
  await project([defined('u1', 2, { team: 'data' }), defined('u2', 1, { team: 'web', tier: '1' })]);
  await project([defined('u1', 1, { team: 'old' })]);
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

const find = async (wanted: Partial<FindRunsRequest>) =>
  (await new PostgresHistoryReader(database).findRuns({ limit: 10, labels: {}, ...wanted })).runs.map(
    ({ runId }) => runId,
  );

describe('ended runs of all jobs', () => {
  test('come page by page, the one queued last first', async () => {
    expect(await find({})).toEqual(['x', 'b', 'a', 'B']);
    expect(await find({ limit: 2 })).toEqual(['x', 'b']);
    expect(await find({ limit: 2, before: { queuedAt: 1_009, runId: 'b', uid: 'u1' } })).toEqual(['a', 'B']);
  });

  test.each<[Partial<FindRunsRequest>, string[]]>([
    [{ uid: 'u2' }, ['x']],
    [{ jobPrefix: 'prod.' }, ['x', 'b', 'a', 'B']],
    [{ jobPrefix: 'prod_' }, []],
    [{ jobPrefix: 'dev' }, []],
    [{ outcome: 'succeeded' }, ['b', 'a']],
    [{ outcome: 'killed' }, ['x']],
    [{ exitCode: 1 }, ['x', 'B']],
    [{ trigger: 'manual' }, []],
    [{ from: 1_500 }, ['x']],
    [{ until: 1_500, trigger: 'schedule' }, ['b', 'a', 'B']],
    [{ agent: 'agent-1', outcome: 'failed' }, ['B']],
    [{ agent: 'a1' }, ['x', 'b', 'a', 'B']],
    [{ agent: 'none' }, []],
    [{ labels: { team: 'data' } }, ['b', 'a', 'B']],
    [{ labels: { team: 'web', tier: '1' } }, ['x']],
    [{ labels: { team: 'old' } }, []],
  ])('%j', async (wanted, runIds) => {
    expect(await find(wanted)).toEqual(runIds);
  });
});

test('the largest page, asked for with one more, says that there are others until there are none', async () => {
  const uid = 'many';
  const stories = Array.from({ length: 2_500 }, (_, index) =>
    runStory({ uid, runId: `r${index}`, dueAt: index }).filter(
      ({ type }) => type === 'RunQueued' || type === 'RunEnded',
    ),
  );
  await project(stories.flat());
  const history = new ReadHistory(new PostgresHistoryReader(database), 1_000);
  const page = 1_000;
  const pages: Run[][] = [];
  for (let before: Run | undefined, more = true; more; before = pages.at(-1)?.at(-1)) {
    const wanted = { uid, labels: {}, limit: page + 1, ...(before ? { before } : {}) };
    const { runs } = await history.findRuns(wanted);
    pages.push(runs.slice(0, page));
    more = runs.length > page;
  }
  expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  expect(new Set(pages.flat().map(({ runId }) => runId)).size).toBe(2_500);
});

test('a page of the runs of a busy agent, or with a rare exit code, leaves the others unread', async () => {
  await database.query(`
    INSERT INTO runs (uid, run_id, job_id, revision, trigger, due_at, queued_at, outcome, ended_at)
    SELECT 'busy', 'r' || n, 'test.busy', 1, 'schedule', n, 10000 + n, 'succeeded', n FROM generate_series(1, 20000) n`);
  await database.query(`
    INSERT INTO attempts (uid, run_id, attempt, task_id, agent_id, hostname, launched_at, exit_code)
    SELECT 'busy', 'r' || n, 1, 't' || n, 'busy-' || n % 3, 'host-' || n % 3, n, CASE WHEN n % 5000 = 0 THEN 137 ELSE 0 END FROM generate_series(1, 20000) n`);
  await database.query('ANALYZE runs, attempts');
  const read = (tx: Transaction) =>
    tx.query<{ attempts: number }>(
      `SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS attempts
         FROM pg_stat_xact_user_tables WHERE relid = 'attempts'::regclass`,
    );
  await database.transaction(async (tx) => {
    const [before] = await read(tx);
    const reader = new PostgresHistoryReader(tx);
    for (const agent of ['busy-1', 'host-1']) {
      expect((await reader.findRuns({ limit: 10, labels: {}, agent })).runs).toHaveLength(10);
    }
    expect((await reader.findRuns({ limit: 10, labels: {}, exitCode: 137 })).runs).toHaveLength(4);
    expect((await reader.findRuns({ limit: 10, labels: {}, exitCode: 9 })).runs).toEqual([]);
    expect((await reader.findRuns({ limit: 10, labels: {}, exitCode: 0 })).runs).toHaveLength(10);
    const [after] = await read(tx);
    expect((after?.attempts ?? Number.NaN) - (before?.attempts ?? 0)).toBeLessThan(500);
  });
});

test('large runs come few at a time, and all of them', async () => {
  await database.query(`
    INSERT INTO runs (uid, run_id, job_id, revision, trigger, due_at, queued_at, outcome, ended_at)
    SELECT 'large', 'r' || n, 'test.large', 1, 'schedule', n, 50000 + n, 'failed', n FROM generate_series(1, 12) n`);
  await database.query(`
    INSERT INTO attempts (uid, run_id, attempt, task_id, launched_at, message)
    SELECT 'large', 'r' || n, a, 't', n, repeat('x', 10000) FROM generate_series(1, 12) n, generate_series(1, 200) a`);
  const history = new ReadHistory(new PostgresHistoryReader(database), 1_000);
  const read: string[] = [];
  for (let before: RunPlace | undefined, more = true; more; ) {
    const wanted = { uid: 'large', labels: {}, limit: 1_001, ...(before ? { before } : {}) };
    const { runs, next } = await history.findRuns(wanted);
    expect(JSON.stringify(runs).length).toBeLessThan(12_000_000);
    read.push(...runs.map(({ runId }) => runId));
    [before, more] = [next, next !== undefined];
  }
  expect(read).toEqual(Array.from({ length: 12 }, (_, index) => `r${12 - index}`));
});
