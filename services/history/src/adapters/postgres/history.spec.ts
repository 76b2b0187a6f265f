import type { HistoryApi, PublicEvent } from '@carillon/contracts';
import type { Database, Transaction } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectEvents } from '../../application/project-events.js';
import { ReadHistory } from '../../application/read-history.js';
import { event, runStory } from '../../domain/event.fixtures.js';
import { forgetHistory } from './forget-history.js';
import { connectHistoryDatabase } from './history-database.js';
import { PostgresHistoryReader } from './postgres-history-reader.js';
import { PostgresHistoryTables } from './postgres-history-tables.js';
import { pruneHistory } from './prune-history.js';

describe('history in PostgreSQL', () => {
  let postgres: FreshDatabase;
  let database: Database;
  let history: HistoryApi;

  beforeAll(async () => {
    postgres = await freshDatabase();
    database = await connectHistoryDatabase(postgres.url);
  });
  afterAll(async () => {
    await database.close();
    await postgres.drop();
  });
  beforeEach(async () => {
    await forgetHistory(database);
    history = keeping(1_000);
  });

  const keeping = (runsPerList: number) => new ReadHistory(new PostgresHistoryReader(database), runsPerList);
  const project = (events: readonly PublicEvent[]) =>
    database.transaction((tx) => projectEvents(new PostgresHistoryTables(tx), events));
  const summary = async (uid: string) => (await history.getSummaries({ uids: [uid] })).summaries[0];
  const ended = async (limit = 0) => (await history.listEndedRuns({ uid: 'u1', limit })).runs;

  test('an ended run is told with everything that is known of it', async () => {
    await project(runStory({ runId: 'r1', outcome: 'failed' }));
    expect(await history.getEndedRun({ jobId: 'prod.dump', uid: 'u1', runId: 'r1' })).toEqual({
      jobId: 'prod.dump',
      uid: 'u1',
      revision: 2,
      runId: 'r1',
      trigger: 'schedule',
      scheduleId: 'nightly',
      dueAt: 1_000,
      queuedAt: 1_009,
      status: 'ended',
      outcome: 'failed',
      endedAt: 1_901,
      reason: 'exit code 1',
      stopRequested: false,
      attempts: [
        {
          attempt: 1,
          taskId: 'r1-1',
          agentId: 'a1',
          hostname: 'agent-1',
          state: 'TASK_FAILED',
          launchedAt: 1_020,
          startedAt: 1_050,
          endedAt: 1_900,
          exitCode: 1,
          sandbox: '/sandbox',
        },
      ],
    });
    expect(await database.query('SELECT * FROM run_lags')).toMatchObject([
      { decided_lag_ms: '5', queued_lag_ms: '9', launched_lag_ms: '20', running_lag_ms: '50' },
    ]);
  });

  test('the events of a run may come one by one and topics in any order', async () => {
    const [due, ...rest] = runStory({ runId: 'r1' });
    for (const one of rest) await project([one]);
    await project(due ? [due] : []);
    const apart = await ended();
    await forgetHistory(database);
    await project(runStory({ runId: 'r1' }));
    expect(await ended()).toEqual(apart);
    expect(await database.query('SELECT decided_at::int FROM runs')).toEqual([{ decided_at: 1_005 }]);
  });

  test('a run of a dependency is of no schedule', async () => {
    const run = {
      jobId: 'prod.dump',
      uid: 'u1',
      runId: 'r1',
      revision: 2,
      trigger: 'dependency',
      dueAt: 1,
    } as const;
    await project([
      event('RunDue', { ...run, scheduleId: '', decidedAt: 2 }),
      event('RunQueued', { ...run, queuedAt: 3 }),
      event('RunEnded', { jobId: 'prod.dump', uid: 'u1', runId: 'r1', outcome: 'succeeded', endedAt: 4 }),
    ]);
    expect(await history.getEndedRun(run)).not.toHaveProperty('scheduleId');
  });

  test('a run is not told before it has ended, nor when it was skipped', async () => {
    const going = runStory({ runId: 'going' }).slice(0, 4);
    const skipped = { jobId: 'prod.dump', uid: 'u1', runId: 'skipped', revision: 1, dueAt: 5, skippedAt: 6 };
    await project([...going, event('RunSkipped', { ...skipped, trigger: 'schedule', reason: 'jobRemoved' })]);
    expect(await ended()).toEqual([]);
    await expect(
      history.getEndedRun({ jobId: 'prod.dump', uid: 'u1', runId: 'going' }),
    ).rejects.toMatchObject({
      kind: 'notFound',
      code: 'runNotFound',
    });
    const keys = ['going', 'skipped'].map((runId) => ({ uid: 'u1', runId }));
    await pruneHistory(database, { runsPerList: 3, events: 0 });
    expect(await history.getSkips({ runs: keys })).toEqual({
      skips: [{ uid: 'u1', runId: 'skipped', reason: 'jobRemoved' }],
    });
    expect(await history.haveRuns({ runs: keys })).toEqual({ runs: [] });
    expect(await summary('u1')).toMatchObject({ successCount: 0, skippedCount: 1 });
  });

  test('runs are listed newest first, bounded, and by outcome', async () => {
    const outcomes = ['succeeded', 'failed', 'killed', 'succeeded', 'killed'] as const;
    await project(
      outcomes.flatMap((outcome, i) => runStory({ runId: `r${i}`, dueAt: 1_000 * (i + 1), outcome })),
    );
    expect((await ended()).map((run) => run.runId)).toEqual(['r4', 'r3', 'r2', 'r1', 'r0']);
    expect((await ended(2)).map((run) => run.runId)).toEqual(['r4', 'r3']);
    const killed = await history.listEndedRuns({ uid: 'u1', limit: 1, outcome: 'killed' });
    expect(killed.runs.map((run) => run.runId)).toEqual(['r4']);
    const recent = await history.listRecentRuns({ uids: ['u1', 'unknown'], limit: 2 });
    expect(recent.runs.map((run) => run.runId)).toEqual(['r4', 'r3', 'r2', 'r0']);
    expect((await keeping(1).listEndedRuns({ uid: 'u1', limit: 9 })).runs.map((run) => run.runId)).toEqual([
      'r4',
      'r3',
    ]);
  });

  test('summaries come in the order asked for, zeros for a job that never ran', async () => {
    await project([...runStory({ runId: 'r1', uid: 'old' }), ...runStory({ runId: 'r2', uid: 'old' })]);
    await project(runStory({ runId: 'r1', uid: 'new', outcome: 'lost', dueAt: 7 }));
    const zeros = { skippedCount: 0, missedCount: 0 };
    expect((await history.getSummaries({ uids: ['never', 'new', 'old'] })).summaries).toEqual([
      { uid: 'never', successCount: 0, failureCount: 0, ...zeros },
      { uid: 'new', successCount: 0, failureCount: 1, lastFailureAt: 908, ...zeros },
      { uid: 'old', successCount: 2, failureCount: 0, lastSuccessAt: 1_901, ...zeros },
    ]);
  });

  test('an event that comes again changes nothing', async () => {
    const story = runStory({ runId: 'r1' });
    await project([...story, ...story]);
    const before = await everything(database);
    await project(story);
    expect(await everything(database)).toEqual(before);
    expect(await summary('u1')).toMatchObject({ successCount: 1 });
  });

  test('a run whose end is told by two events counts once', async () => {
    await project(runStory({ runId: 'r1' }));
    await project(runStory({ runId: 'r1' }).slice(-1));
    expect(await summary('u1')).toMatchObject({ successCount: 1 });
  });

  test('a message that is no clean text is kept all the same', async () => {
    const run = { jobId: 'prod.dump', uid: 'u1', runId: 'r1', attempt: 2, taskId: 't' };
    const message = 'nul \0, half \ud83d, "\\u0000" and ünïcödé';
    await project([
      ...runStory({ runId: 'r1' }),
      event('AttemptEnded', { ...run, state: 'TASK_FAILED', message, endedAt: 5 }),
    ]);
    expect((await ended())[0]?.attempts[1]?.message).toBe('nul \ufffd, half \ufffd, "\\u0000" and ünïcödé');
  });

  test('a batch of any size takes a handful of statements', async () => {
    const events = Array.from({ length: 200 }, (_, i) => runStory({ runId: `r${i}`, uid: `u${i}` })).flat();
    const statements: unknown[] = [];
    await database.transaction(async (tx) => {
      const counting: Transaction = {
        query: (sql, parameters) => {
          statements.push(sql);
          return tx.query(sql, parameters);
        },
        afterCommit: (hook) => tx.afterCommit(hook),
      };
      await projectEvents(new PostgresHistoryTables(counting), events);
    });
    expect(events).toHaveLength(1_200);
    expect(statements).toHaveLength(7);
  });

  describe('the public events', () => {
    const positionsAfter = async (after: number) =>
      (await history.listEvents({ after, limit: 0 })).events.map(({ position }) => position);

    test('are told in one order, as JSON, by job and by run, and can be resumed', async () => {
      const last = (await positionsAfter(0)).at(-1) ?? 0;
      await project([...runStory({ runId: 'r1' }), ...runStory({ runId: 'r2' })]);
      const { events } = await history.listEvents({ after: last, limit: 3 });
      expect(events.map(({ type, jobId }) => [type, jobId])).toEqual([
        ['carillon.RunDue', 'prod.dump'],
        ['carillon.RunQueued', 'prod.dump'],
        ['carillon.AttemptLaunched', 'prod.dump'],
      ]);
      expect(JSON.parse(events[0]?.dataJson ?? '')).toMatchObject({ runId: 'r1', dueAt: 1_000 });
      const resumed = await history.listEvents({ after: events[2]?.position ?? 0, limit: 0 });
      expect(resumed.events).toHaveLength(9);
      const ofRun = await history.listEvents({ after: 0, limit: 0, jobId: 'prod.dump', runId: 'r2' });
      expect(ofRun.events).toHaveLength(6);
      expect((await history.listEvents({ after: 0, limit: 0, jobId: 'other' })).events).toEqual([]);
    });

    test('are numbered on from where an operator set the counter after a restore, and say where they end', async () => {
      await project(runStory({ runId: 'r1' }));
      const last = (await positionsAfter(0)).at(-1) ?? 0;
      expect(await history.listEvents({ after: last + 500, limit: 0 })).toEqual({ events: [], end: last });
      await database.query('UPDATE writer SET last_position = last_position + 1000');
      await project(runStory({ runId: 'r2' }).slice(0, 2));
      expect(await positionsAfter(last + 500)).toEqual([last + 1_001, last + 1_002]);
    });

    test('have positions without gaps, whatever rolls back', async () => {
      const refused = database.transaction(async (tx) => {
        await projectEvents(new PostgresHistoryTables(tx), runStory({ runId: 'r0' }));
        throw new Error('rolled back');
      });
      await expect(refused).rejects.toThrow('rolled back');
      await project(runStory({ runId: 'r1' }));
      await project(runStory({ runId: 'r2' }));
      const positions = await positionsAfter(0);
      expect(positions).toEqual(positions.map((_, i) => (positions[0] ?? 0) + i));
    });

    test('commit in the order of their positions: a reader never misses one', async () => {
      const seen: number[] = [];
      const next = async () => {
        seen.push(...(await positionsAfter(seen.at(-1) ?? 0)));
      };
      const stories = Array.from({ length: 40 }, (_, i) => runStory({ runId: `r${i}`, uid: `u${i}` }));
      const writing = Promise.all(stories.map((story) => project(story)));
      const done = writing.then(() => true);
      while (!(await Promise.race([done, Promise.resolve(false)]))) await next();
      await next();
      expect(seen).toHaveLength(40 * 6);
      expect(seen).toEqual(seen.map((_, i) => (seen[0] ?? 0) + i));
    });
  });

  test('lists and events are pruned, counts stay exact, and a pruned run is still known to have ended', async () => {
    const keep = { runsPerList: 3, events: 12 };
    for (let i = 0; i < 10; i += 1) {
      await project(runStory({ runId: `s${i}`, dueAt: i * 1_000 }));
      await project(runStory({ runId: `f${i}`, dueAt: i * 1_000, outcome: 'failed' }));
    }
    const newestFirst = (await ended()).map((run) => run.runId);
    expect(await pruneHistory(database, { ...keep, events: 1_000 })).toBe(14);
    const runs = [{ uid: 'u1', runId: 's0' }];
    expect(await history.haveRuns({ runs: [...runs, { uid: 'u1', runId: 'unknown' }] })).toEqual({ runs });
    expect(await pruneHistory(database, keep)).toBe(108);
    expect(await pruneHistory(database, keep)).toBe(0);
    expect((await ended()).map((run) => run.runId)).toEqual(newestFirst.slice(0, 6));
    expect(await summary('u1')).toMatchObject({ successCount: 10, failureCount: 10 });
    expect((await history.listEvents({ after: 0, limit: 0 })).events).toHaveLength(12);
    expect(await database.query('SELECT count(*)::int AS attempts FROM attempts')).toEqual([{ attempts: 6 }]);
  });

  test.each([
    { jobId: undefined, runId: undefined },
    { jobId: 'prod.dump', runId: undefined },
    { jobId: 'prod.dump', runId: 'r1' },
  ])('a page of events of %j leaves those beyond it unread', async (wanted) => {
    const first = runStory({ runId: 'r1' }).slice(0, 1);
    await project(first.flatMap((due) => Array.from({ length: 3_000 }, (_, n) => ({ ...due, id: `e${n}` }))));
    await database.query('ANALYZE public_events');
    const read = await database.transaction(async (tx) => {
      const before = await rowsRead(tx, EVENTS);
      const page = await new PostgresHistoryReader(tx).eventsAfter({ after: 0, limit: 10, ...wanted });
      expect(page).toHaveLength(10);
      return (await rowsRead(tx, EVENTS)) - before;
    });
    expect(read).toBeLessThan(20);
  });

  /** 30 of 700 kB. */
  async function projectLargeEvents() {
    const labels = { note: 'x'.repeat(700_000) };
    const job = { jobId: 'prod.dump', uid: 'u1', definedAt: 1, labels, dependencies: [], schedules: [] };
    const resources = { cpus: 1, mem: 32, disk: 0, gpus: 0, persistentVolumes: [] };
    for (let revision = 1; revision <= 30; revision += 1)
      await project([event('JobDefined', { ...job, ...resources, revision })]);
  }

  test('of large events only those are read that are answered', async () => {
    await projectLargeEvents();
    const reading = (limit: number) =>
      database.transaction(async (tx) => {
        const before = await rowsRead(tx, PARTS);
        const page = await new PostgresHistoryReader(tx).eventsAfter({
          ...{ after: 0, limit, jobId: undefined, runId: undefined },
        });
        return { events: page.length, parts: (await rowsRead(tx, PARTS)) - before };
      });
    const some = await reading(12);
    expect(some.events).toBe(12);
    expect(some.parts).toBeGreaterThan(0);
    expect(await reading(1_000)).toEqual(some);
  });

  test.each([
    { of: 'this version', before: '' },
    { of: 'an older version', before: 'UPDATE public_events SET bytes = NULL' },
  ])('large events of $of come few at a time, and all of them', async ({ before }) => {
    await projectLargeEvents();
    if (before) await database.query(before);
    const read: number[] = [];
    for (let after = 0; ; after = read.at(-1) ?? 0) {
      const { events } = await history.listEvents({ after, limit: 1_000 });
      if (events.length === 0) break;
      expect(events.reduce((sum, { dataJson }) => sum + dataJson.length, 0)).toBeLessThan(10_000_000);
      read.push(...events.map(({ position }) => position));
    }
    expect(read).toEqual(read.map((_, index) => (read[0] ?? 0) + index));
    expect(read).toHaveLength(30);
  });

  test('a decision of long ago whose run was pruned is forgotten', async () => {
    await project(runStory({ runId: 'r1' }).slice(0, 1));
    expect(await pruneHistory(database, { runsPerList: 3, events: 1_000 })).toBe(1);
  });
});

const EVENTS = `'public_events'::regclass`;
/** The parts of large documents. */
const PARTS = `(SELECT reltoastrelid FROM pg_class WHERE oid = ${EVENTS})`;

async function rowsRead(tx: Transaction, table: string): Promise<number> {
  const [read] = await tx.query<{ rows: number }>(
    `SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows
       FROM pg_stat_xact_all_tables WHERE relid = ${table}`,
  );
  return read?.rows ?? Number.NaN;
}

const everything = async (database: Database) => ({
  runs: await database.query('SELECT * FROM runs ORDER BY uid, run_id'),
  attempts: await database.query('SELECT * FROM attempts ORDER BY uid, run_id, attempt'),
  statistics: await database.query('SELECT * FROM job_statistics ORDER BY uid'),
  events: await database.query('SELECT * FROM public_events ORDER BY position'),
});
