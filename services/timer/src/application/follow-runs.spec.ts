import type { ConnectedJob, Job, RunDue, RunOutcome, Trigger, WorkflowRunEnded } from '@carillon/contracts';
import { Aggregates } from '@carillon/event-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workflow } from '../domain/workflow/workflow.decide.js';
import { emptyRegistry, jobRemoved, runEvent, type TimerRig, timerRig } from '../test/timer-rig.js';
import type { RegistryForTimer } from '../timer-parts.js';
import { WORKFLOW } from './workflows.js';

/** Jobs by id with the ids of their parents. */
let graph: Record<string, string[]>;
let paused: string[];
const uidOf = (jobId: string) => `u-${jobId}`;
const registry: RegistryForTimer = {
  ...emptyRegistry,
  listConnectedJobs: () => {
    const jobs = Object.entries(graph).map(
      ([jobId, parents]): ConnectedJob => ({ jobId, uid: uidOf(jobId), revision: 1, parents }),
    );
    return Promise.resolve({ jobs });
  },
  getJob: ({ jobId }) => {
    if (!(jobId in graph)) return emptyRegistry.getJob({ jobId });
    const pause = paused.includes(jobId) ? { pause: { pausedAt: 0 } } : {};
    return Promise.resolve({ uid: uidOf(jobId), revision: 3, ...pause } as Job);
  },
};

let rig: TimerRig;
beforeEach(async () => {
  graph = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] };
  paused = [];
  rig = await timerRig(2, registry);
});
afterEach(() => rig.stop());

const queued = (jobId: string, runId: string, trigger: Trigger = 'manual', queuedAt = Date.now()) =>
  runEvent('RunQueued', { jobId, uid: uidOf(jobId), revision: 1, runId, trigger, dueAt: 1, queuedAt });
const ended = (jobId: string, runId: string, endedAt = 5, outcome: RunOutcome = 'succeeded') =>
  runEvent('RunEnded', { jobId, uid: uidOf(jobId), runId, outcome, endedAt });
const skipped = (jobId: string, runId: string, trigger: Trigger) =>
  runEvent('RunSkipped', {
    ...{ jobId, uid: uidOf(jobId), revision: 1, runId, trigger, dueAt: 1, skippedAt: 1, reason: 'queueFull' },
  });

const dues = async (): Promise<RunDue[]> =>
  (await rig.events('RunDue')).map(({ data }) => data as RunDue).sort((x, y) => x.dueAt - y.dueAt);
const dueJobs = async () => (await dues()).map(({ jobId }) => jobId);
const dueOf = async (jobId: string) => (await dues()).find((due) => due.jobId === jobId)?.runId ?? '';
const endings = async () =>
  (await rig.events('WorkflowRunEnded' as never)).map(({ data }) => data as unknown as WorkflowRunEnded);

describe('a diamond', () => {
  test('runs every job once, whatever is heard twice', async () => {
    await rig.hearRuns(queued('a', 'r1'));
    await rig.hearRuns(queued('a', 'r1'));
    await rig.hearRuns(ended('a', 'r1', 10), ended('a', 'r1', 10));
    expect((await dueJobs()).sort()).toEqual(['b', 'c']);
    const [first] = await dues();
    expect(first).toMatchObject({ trigger: 'dependency', revision: 3, dueAt: 10, uid: expect.any(String) });
    expect(first?.workflowRunId).toMatch(/^r1-/);
    await rig.hearRuns(queued('b', await dueOf('b'), 'dependency'), ended('b', await dueOf('b'), 20));
    expect(await dueJobs()).not.toContain('d');
    await rig.hearRuns(ended('c', await dueOf('c'), 15));
    expect((await dues()).at(-1)).toMatchObject({ jobId: 'd', dueAt: 20 });
    await rig.hearRuns(ended('d', await dueOf('d'), 30));
    expect(await endings()).toMatchObject([{ jobId: 'a', outcome: 'succeeded', notRun: [] }]);
  });

  test('is joined once by two that end at the same time, on two timers', async () => {
    graph = { a: [], ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`p${n}`, ['a']])) };
    const parents = Object.keys(graph).slice(1);
    graph['d'] = parents;
    await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
    const ends = await Promise.all(parents.map(async (id) => ended(id, await dueOf(id), 20)));
    const handled = ends.map((message, index) => {
      const { database, hearRuns } = rig.parts[index % 2] ?? rig.first;
      return database.transaction((tx) => hearRuns(tx, [message]));
    });
    await Promise.all(handled);
    expect((await dueJobs()).filter((id) => id === 'd')).toEqual(['d']);
  });

  test('records who did not run, and the next round runs all the same', async () => {
    await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
    await rig.hearRuns(skipped('b', await dueOf('b'), 'dependency'));
    await rig.hearRuns(ended('c', await dueOf('c'), 15));
    expect(await endings()).toMatchObject([
      { outcome: 'failed', notRun: [{ reason: 'skipped' }, { jobId: 'd', reason: 'parentNotRun' }] },
    ]);
    await rig.hearRuns(queued('a', 'r2', 'schedule'), ended('a', 'r2', 50));
    expect(await dueJobs()).toEqual(['b', 'c', 'b', 'c']);
  });

  test('keeps two rounds at once apart', async () => {
    await rig.hearRuns(queued('a', 'r1'), queued('a', 'r2'), ended('a', 'r2', 20), ended('a', 'r1', 10));
    const runs = await dues();
    expect(runs.map(({ jobId, dueAt }) => `${jobId}${dueAt}`).sort()).toEqual(['b10', 'b20', 'c10', 'c20']);
    for (const { jobId, runId } of runs) await rig.hearRuns(ended(jobId, runId, 30));
    expect(await dueJobs()).toEqual(['b', 'c', 'b', 'c', 'd', 'd']);
  });
});

test('the jobs of a round are those of its beginning', async () => {
  await rig.hearRuns(queued('a', 'r1'));
  graph = { a: [], b: [], c: ['a'], e: ['a'] }; // b no longer depends on a, d is gone, e is new
  await rig.hearRuns(ended('a', 'r1', 10));
  expect((await dueJobs()).sort()).toEqual(['b', 'c']);
  await rig.hearRuns(ended('b', await dueOf('b'), 20), ended('c', await dueOf('c'), 20));
  expect(await endings()).toMatchObject([{ notRun: [{ jobId: 'd', reason: 'jobRemoved' }] }]);
});

test('a paused child does not run', async () => {
  paused = ['c'];
  await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
  expect(await dueJobs()).toEqual(['b']);
});

test('a run in the middle begins a round of what depends on it', async () => {
  graph = { a: [], b: ['a'], c: ['b'], d: ['c', 'a'] };
  await rig.hearRuns(queued('b', 'r1', 'schedule'), ended('b', 'r1', 10));
  expect(await dueJobs()).toEqual(['c']);
  await rig.hearRuns(ended('c', await dueOf('c'), 20));
  expect(await endings()).toMatchObject([{ notRun: [{ jobId: 'd', reason: 'parentNotTriggered' }] }]);
});

test('a job on which none depends, or a skipped one, begins nothing', async () => {
  await rig.hearRuns(queued('d', 'r1'), skipped('a', 'r2', 'schedule'));
  expect(await rig.events()).toEqual([]);
});

describe('a run that was queued longer ago than rounds are kept', () => {
  const DAY = 86_400_000;
  const agoDays = (days: number) => Date.now() - days * DAY;

  test('begins none: it may have had one that is forgotten', async () => {
    await rig.hearRuns(queued('a', 'r1', 'schedule', agoDays(91)), ended('a', 'r1', 10));
    expect(await rig.events()).toEqual([]);
    await rig.hearRuns(queued('a', 'r2', 'schedule', agoDays(89)), ended('a', 'r2', 20));
    expect((await dueJobs()).sort()).toEqual(['b', 'c']);
  });

  test('joins none', async () => {
    graph = { a: [], x: [], c: ['a', 'x'] };
    await rig.hearRuns(queued('a', 'r2'), ended('a', 'r2', 20));
    await rig.hearRuns(queued('x', 'r1', 'schedule', agoDays(91)), ended('x', 'r1', 10));
    expect(await dueJobs()).toEqual([]);
    await rig.hearRuns(queued('x', 'r3', 'schedule'), ended('x', 'r3', 30));
    expect(await dueJobs()).toEqual(['c']);
  });
});

describe('with several roots', () => {
  beforeEach(() => {
    graph = { a: [], x: [], c: ['a', 'x'] };
  });

  test('twice one and once the other is once the child', async () => {
    await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
    await rig.hearRuns(queued('a', 'r2'), ended('a', 'r2', 20));
    await rig.hearRuns(queued('x', 'r3'), ended('x', 'r3', 30));
    expect(await dues()).toMatchObject([
      { jobId: 'c', dueAt: 30, workflowRunId: expect.stringMatching(/^r2-/) },
    ]);
    expect(await endings()).toMatchObject([
      { notRun: [{ jobId: 'c' }, { jobId: 'x', reason: 'superseded' }] },
    ]);
  });

  test('triggered at the same instant, on two timers, they make one round', async () => {
    const [one, other] = rig.parts;
    await Promise.all([
      one?.database.transaction((tx) => one.hearRuns(tx, [queued('a', 'r1')])),
      other?.database.transaction((tx) => other.hearRuns(tx, [queued('x', 'r2')])),
    ]);
    await rig.hearRuns(ended('a', 'r1', 10), ended('x', 'r2', 20));
    expect(await dueJobs()).toEqual(['c']);
    expect(await endings()).toEqual([]);
  });

  test('a run that is heard of again begins no round and joins none, ended as its own may be', async () => {
    const [first, second] = [
      [queued('a', 'r1'), queued('x', 'r2'), ended('a', 'r1', 10), ended('x', 'r2', 20)],
      [queued('x', 'r3'), ended('x', 'r3', 30)],
    ];
    await rig.hearRuns(...first);
    await rig.hearRuns(ended('c', await dueOf('c'), 25), ...second);
    await rig.hearRuns(...first, ...second);
    expect(await dueJobs()).toEqual(['c']);
    await rig.hearRuns(queued('a', 'r4'), ended('a', 'r4', 40));
    expect(await dues()).toMatchObject([
      { jobId: 'c', dueAt: 20, workflowRunId: expect.stringMatching(/^r1-/) },
      { jobId: 'c', dueAt: 40, workflowRunId: expect.stringMatching(/^r3-/) },
    ]);
  });

  test('an edit of the graph begins a new round', async () => {
    await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
    graph['e'] = ['x'];
    await rig.hearRuns(queued('x', 'r2'), ended('x', 'r2', 20));
    expect(await dueJobs()).toEqual(['e']);
  });

  test('a removed one is waited for no longer', async () => {
    await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
    await rig.hear(jobRemoved(uidOf('x'), 20));
    expect(await endings()).toMatchObject([
      {
        notRun: [
          { jobId: 'c', reason: 'parentNotRun' },
          { jobId: 'x', reason: 'jobRemoved' },
        ],
      },
    ]);
  });
});

test('the states are what the events lead to', async () => {
  await rig.hearRuns(queued('a', 'r1'), ended('a', 'r1', 10));
  await rig.hearRuns(ended('b', await dueOf('b'), 20, 'failed'));
  const workflows = new Aggregates(rig.first.store, { category: WORKFLOW, decider: workflow });
  expect(await workflows.rebuild({ repair: false })).toEqual({ streams: 1, differing: [] });
});
