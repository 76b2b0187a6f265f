import type { ConnectedJob, RunOutcome } from '@carillon/contracts';
import { given as givenEvents, replay } from '@carillon/event-sourcing';
import { dependencyRunId } from '@carillon/time';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChildNow, WorkflowCommand } from './workflow.commands.js';
import { workflow } from './workflow.decide.js';
import type { NotRunReason, WorkflowEvent } from './workflow.events.js';

const workflowRunId = '20260302100000abcde-12345';
const job = (jobId: string, ...parents: string[]): ConnectedJob => ({
  jobId,
  uid: `u-${jobId}`,
  revision: 1,
  parents,
});
const diamond = [job('a'), job('b', 'a'), job('c', 'a'), job('d', 'b', 'c')];

const begin = (jobId: string, jobs: ConnectedJob[], runId = `run-${jobId}`): WorkflowCommand => ({
  ...{ type: 'BeginWorkflow', workflowRunId, jobId, uid: `u-${jobId}`, runId, jobs, now: 1000 },
});
interface Ending {
  readonly outcome?: RunOutcome;
  readonly runId?: string;
  readonly children?: ChildNow;
}
const finish = (
  jobId: string,
  endedAt: number,
  { outcome = 'succeeded', runId = `run-${jobId}`, children }: Ending = {},
): WorkflowCommand => {
  const now = endedAt + 5;
  const known = new Map(
    ['a', 'b', 'c', 'd', 'e', 'x'].map((id) => [`u-${id}`, children ?? { revision: 1, paused: false }]),
  );
  return { type: 'FinishRun', uid: `u-${jobId}`, runId, outcome, endedAt, children: known, now };
};
const started = (jobId: string, jobs: ConnectedJob[]): WorkflowEvent => ({
  type: 'WorkflowRunStarted',
  data: { jobId, uid: `u-${jobId}`, workflowRunId, runId: `run-${jobId}`, startedAt: 1000, jobs },
});
const childRun = (jobId: string, dueAt: number) =>
  dependencyRunId({ uid: `u-${jobId}`, workflowRunId, dueAt });
const due = (jobId: string, dueAt: number, revision = 1, now = dueAt + 5): WorkflowEvent => ({
  type: 'RunDue',
  data: {
    ...{ jobId, uid: `u-${jobId}`, revision, runId: childRun(jobId, dueAt), scheduleId: '', dueAt },
    ...{ decidedAt: now, trigger: 'dependency', workflowRunId },
  },
});
const finished = (
  jobId: string,
  endedAt: number,
  runId = `run-${jobId}`,
  outcome: RunOutcome = 'succeeded',
): WorkflowEvent => ({
  type: 'WorkflowJobFinished',
  data: { jobId, uid: `u-${jobId}`, runId, outcome, endedAt },
});
const notRun = (jobId: string, reason: NotRunReason, at: number): WorkflowEvent => ({
  type: 'WorkflowJobNotRun',
  data: { jobId, uid: `u-${jobId}`, reason, at },
});
const ended = (
  root: string,
  endedAt: number,
  outcome: RunOutcome,
  lacking: Record<string, NotRunReason> = {},
): WorkflowEvent => ({
  type: 'WorkflowRunEnded',
  data: {
    ...{ jobId: root, uid: `u-${root}`, workflowRunId, endedAt, outcome },
    notRun: Object.entries(lacking).map(([jobId, reason]) => ({ jobId, uid: `u-${jobId}`, reason })),
  },
});
const given = (...events: WorkflowEvent[]) => givenEvents(workflow, events);

describe('a diamond', () => {
  const begun = started('a', diamond);
  const forked = [begun, finished('a', 2000), due('b', 2000), due('c', 2000)];
  const b = childRun('b', 2000);
  const c = childRun('c', 2000);

  test('begins with its root, once', () => {
    given().when(begin('a', diamond)).then([begun]);
    given(begun).when(begin('a', diamond)).then([]);
  });

  test('runs both children when the root has succeeded, and the last when both have', () => {
    given(begun).when(finish('a', 2000)).then(forked.slice(1));
    given(...forked)
      .when(finish('a', 2000))
      .then([]);
    given(...forked)
      .when(finish('b', 3000, { runId: b }))
      .then([finished('b', 3000, b)]);
    const joined = [...forked, finished('c', 4000, c)];
    given(...joined)
      .when(finish('b', 3000, { runId: b }))
      .then([finished('b', 3000, b), due('d', 4000, 1, 3005)]);
    const d = childRun('d', 4000);
    given(...joined, finished('b', 3000, b), due('d', 4000))
      .when(finish('d', 5000, { runId: d }))
      .then([finished('d', 5000, d), ended('a', 5005, 'succeeded')]);
  });

  test('ends the branch of a parent that failed, and not the other', () => {
    given(...forked)
      .when(finish('b', 3000, { runId: b, outcome: 'failed' }))
      .then([finished('b', 3000, b, 'failed'), notRun('d', 'parentFailed', 3005)]);
    given(...forked, finished('b', 3000, b, 'failed'), notRun('d', 'parentFailed', 3005))
      .when(finish('c', 4000, { runId: c }))
      .then([finished('c', 4000, c), ended('a', 4005, 'failed', { d: 'parentFailed' })]);
  });

  test('ends at once when the root has failed', () => {
    given(begun)
      .when(finish('a', 2000, { outcome: 'killed' }))
      .then([
        finished('a', 2000, 'run-a', 'killed'),
        notRun('b', 'parentFailed', 2005),
        notRun('c', 'parentFailed', 2005),
        notRun('d', 'parentNotRun', 2005),
        ended('a', 2005, 'failed', { b: 'parentFailed', c: 'parentFailed', d: 'parentNotRun' }),
      ]);
  });

  test('takes a run that was not admitted for one that did not run', () => {
    given(...forked)
      .when({ type: 'SkipRun', uid: 'u-b', runId: b, now: 3000 })
      .then([notRun('b', 'skipped', 3000), notRun('d', 'parentNotRun', 3000)]);
  });

  test('is of no interest to other runs of its jobs', () => {
    given(begun)
      .when(finish('a', 2000, { runId: 'by-hand' }))
      .then([]);
  });
});

describe('a child', () => {
  const pair = [job('a'), job('b', 'a')];
  const begun = started('a', pair);
  const after = (event: WorkflowEvent, reason?: NotRunReason) =>
    reason === undefined
      ? [finished('a', 2000), event]
      : [finished('a', 2000), event, ended('a', 2005, 'failed', { b: reason })];

  test('runs as it is defined when its turn comes', () => {
    given(begun)
      .when(finish('a', 2000, { children: { revision: 7, paused: false } }))
      .then(after(due('b', 2000, 7)));
  });
  test('that is paused then does not run', () => {
    given(begun)
      .when(finish('a', 2000, { children: { revision: 1, paused: true } }))
      .then(after(notRun('b', 'paused', 2005), 'paused'));
  });
  test('that is gone then does not run', () => {
    given(begun)
      .when({ ...finish('a', 2000), children: new Map() } as WorkflowCommand)
      .then(after(notRun('b', 'jobRemoved', 2005), 'jobRemoved'));
  });
  test('of a parent that has no part in the round does not run', () => {
    const some = [job('b', 'a'), job('d', 'b', 'c')];
    given()
      .when(begin('b', some))
      .then([started('b', some), notRun('d', 'parentNotTriggered', 1000)]);
  });
});

describe('a round of several roots', () => {
  const two = [job('a'), job('x'), job('c', 'a', 'x'), job('e', 'x')];
  const begun = started('a', two);
  const joined: WorkflowEvent = {
    type: 'WorkflowRootJoined',
    data: { jobId: 'x', uid: 'u-x', runId: 'run-x', at: 1500 },
  };

  test('waits for the next run of each', () => {
    given(begun, finished('a', 2000))
      .when({ type: 'JoinWorkflow', uid: 'u-x', runId: 'run-x', now: 1500 })
      .then([joined]);
    given(begun, finished('a', 2000), joined)
      .when(finish('x', 3000))
      .then([finished('x', 3000), due('c', 3000), due('e', 3000)]);
  });

  test('waits no longer when the next round begins, or the job is gone', () => {
    given(begun, finished('a', 2000))
      .when({ type: 'SupersedeWorkflow', now: 9000 })
      .then([
        notRun('x', 'superseded', 9000),
        notRun('c', 'parentNotRun', 9000),
        notRun('e', 'parentNotRun', 9000),
        ended('a', 9000, 'failed', { x: 'superseded', c: 'parentNotRun', e: 'parentNotRun' }),
      ]);
    given(begun)
      .when({ type: 'DropJob', uid: 'u-x', now: 9000 })
      .then([
        notRun('x', 'jobRemoved', 9000),
        notRun('c', 'parentNotRun', 9000),
        notRun('e', 'parentNotRun', 9000),
      ]);
  });
});

describe('whatever the jobs and however their runs end', () => {
  const size = 8;
  const graphs = fc
    .array(fc.array(fc.nat(size - 2), { maxLength: 3 }), { minLength: size, maxLength: size })
    .map((rows) =>
      rows.map((row, index) =>
        job(`j${index}`, ...new Set(row.filter((id) => id < index).map((id) => `j${id}`))),
      ),
    );

  test('every job runs once, or is said not to, and the round ends', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.array(fc.constantFrom<RunOutcome>('succeeded', 'succeeded', 'failed')),
        fc.infiniteStream(fc.nat()),
        (jobs, outcomes, order) => {
          const [root] = jobs;
          if (!root) return;
          const known = new Map(jobs.map(({ uid }) => [uid, { revision: 1, paused: false }]));
          const events: WorkflowEvent[] = [];
          const tell = (command: WorkflowCommand) =>
            events.push(...workflow.decide(command, replay(workflow, events)));
          tell({ ...begin(root.jobId, jobs), uid: root.uid, runId: 'root' } as WorkflowCommand);
          for (let at = 2000; ; at++) {
            const state = replay(workflow, events);
            if (state.status !== 'open') break;
            const [waits] = state.awaits;
            const next = state.runs[(order.next().value ?? 0) % Math.max(state.runs.length, 1)];
            if (waits !== undefined && (next === undefined || at % 2 === 0)) {
              tell({ type: 'JoinWorkflow', uid: waits, runId: `by-${at}`, now: at });
              continue;
            }
            const [uid = '', runId = ''] = next?.split(' ') ?? [];
            const outcome = outcomes[at - 2000] ?? 'succeeded';
            const end: WorkflowCommand = {
              type: 'FinishRun',
              uid,
              runId,
              outcome,
              endedAt: at,
              children: known,
              now: at,
            };
            tell(end);
            tell(end); // heard twice
          }
          const runs = events.flatMap((event) => (event.type === 'RunDue' ? [event.data] : []));
          expect(new Set(runs.map(({ uid }) => uid)).size).toBe(runs.length);
          const state = replay(workflow, events);
          if (state.status === 'none') return expect.unreachable();
          for (const { step, outcome, parents } of state.jobs) {
            expect(['finished', 'notRun']).toContain(step);
            const succeeded = parents.every(
              (id) => state.jobs.find(({ jobId }) => jobId === id)?.outcome === 'succeeded',
            );
            if (parents.length > 0) expect(outcome !== undefined).toBe(succeeded);
          }
          expect(events.filter(({ type }) => type === 'WorkflowRunEnded')).toHaveLength(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
