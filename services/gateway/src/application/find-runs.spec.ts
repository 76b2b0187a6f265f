import type { FindCurrentRunsRequest, FindRunsRequest, Run } from '@carillon/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { run } from '../testing/runs.js';
import { findRuns, type RunsPage } from './find-runs.js';

const byQueue = (a: Run, b: Run) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1);

/** The framework looks at so many for one answer. */
const LOOKED_AT = 4;
/** History's answers end after so many, as with large runs. */
const LARGE_AT_ONCE = 3;

/** Runs that the framework still serves, and those that history has recorded; one may be in both. */
function backends(current: readonly Run[], recorded: readonly Run[], asked: FindCurrentRunsRequest[] = []) {
  return someBackends({
    framework: {
      findCurrentRuns: (request: FindCurrentRunsRequest) => {
        asked.push(request);
        const { limit, before, status } = request;
        const left = current
          .toSorted(byQueue)
          .filter((one) => !before || byQueue(one, run({ ...before })) > 0);
        const runs = left
          .slice(0, Math.min(limit, LOOKED_AT))
          .filter((one) => status === undefined || one.status === status);
        const last = left[Math.min(limit, LOOKED_AT) - 1];
        return Promise.resolve({
          runs,
          ...(last ? { next: { queuedAt: last.queuedAt, runId: last.runId, uid: last.uid } } : {}),
        });
      },
    },
    history: {
      findRuns: ({ limit, before }: FindRunsRequest) => {
        const left = recorded
          .toSorted(byQueue)
          .filter((one) => !before || byQueue(one, run({ ...before })) > 0)
          .slice(0, limit);
        const runs = left.slice(0, LARGE_AT_ONCE);
        const last = runs.at(-1);
        return Promise.resolve(
          last && runs.length < left.length
            ? { runs, next: { queuedAt: last.queuedAt, runId: last.runId, uid: last.uid } }
            : { runs },
        );
      },
    },
    registry: {
      matchJobs: ({ jobIds }) => Promise.resolve({ jobIds: jobIds.filter((id) => id.startsWith('prod')) }),
    },
  });
}

const ended = (runId: string, queuedAt: number) =>
  run({ runId, queuedAt, status: 'ended', outcome: 'succeeded', endedAt: queuedAt + 1 });

test('every run is on one page once, wherever it is known', async () => {
  const arbitrary = fc.uniqueArray(
    fc.record({
      id: fc.nat({ max: 60 }),
      at: fc.nat({ max: 5 }),
      where: fc.constantFrom('active', 'both', 'history'),
    }),
    { selector: ({ id }) => id, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 7 }), async (all, limit) => {
      const of = (id: number, at: number) => ended(`r${String(id).padStart(2, '0')}`, at);
      const current = all.flatMap(({ id, at, where }) => {
        if (where === 'history') return [];
        return where === 'both' ? [of(id, at)] : [run({ runId: of(id, at).runId, queuedAt: at })];
      });
      const recorded = all.flatMap(({ id, at, where }) => (where === 'active' ? [] : [of(id, at)]));
      const seen: Run[] = [];
      let page: RunsPage | undefined;
      do {
        page = await findRuns(backends(current, recorded), { labels: {} }, { limit, before: page?.next });
        expect(page.runs.length).toBeLessThanOrEqual(limit);
        seen.push(...page.runs);
      } while (page.next);
      const expected = all.map(({ id, at }) => of(id, at)).toSorted(byQueue);
      expect(seen.map(({ runId }) => runId)).toEqual(expected.map(({ runId }) => runId));
    }),
    { numRuns: 50 },
  );
});

test('what is still going on is judged by the same conditions, labels by the registry', async () => {
  const running = run({ runId: 'x', status: 'running' });
  const others = ['a', 'b', 'c', 'd', 'e', 'y'].map((runId) => run({ runId, jobId: 'dev.test' }));
  const asked: FindCurrentRunsRequest[] = [];
  const found = async (wanted: Partial<Parameters<typeof findRuns>[1]>, limit = 10) => {
    const known = backends([running, ...others], [], asked);
    return (await findRuns(known, { labels: {}, ...wanted }, { limit })).runs.map(({ runId }) => runId);
  };
  expect(await found({})).toEqual(['y', 'x', 'e', 'd', 'c', 'b', 'a']);
  expect(await found({}, 1)).toEqual(['y']);
  expect(asked.at(-1)).toEqual({ limit: 2 });
  expect(await found({ status: 'running' })).toEqual(['x']);
  expect(await found({ labels: { team: 'a' } }, 1)).toEqual(['x']);
  const conditions = { agent: 'h7', exitCode: 3, trigger: 'schedule', jobPrefix: 'dev.', from: 1 } as const;
  asked.length = 0;
  await found({ ...conditions, uid: 'u1', until: 2, outcome: 'failed', status: 'ended' }, 20);
  expect(asked[0]).toEqual({
    ...conditions,
    uid: 'u1',
    until: 2,
    outcome: 'failed',
    status: 'ended',
    limit: 21,
  });
});

test('the runs of a uid are those of the job that has it, and of no other', async () => {
  const known = backends([run({ runId: 'active' })], [ended('ended', 1)]);
  const found = async (jobId: string, limit: number) => {
    const page = await findRuns(known, { labels: {}, uid: 'u1', jobId }, { limit });
    return [page.runs.map(({ runId }) => runId), page.next !== undefined];
  };
  expect(await found('prod.backup', 10)).toEqual([['active', 'ended'], false]);
  expect(await found('prod.backup', 1)).toEqual([['active'], true]);
  expect(await found('prod', 1)).toEqual([[], false]);
});
