import type { FindRunsRequest, Run } from '@carillon/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { attempt, run } from '../testing/runs.js';
import { findRuns, type RunsPage } from './find-runs.js';

const byQueue = (a: Run, b: Run) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1);

/** Runs that the framework still serves, and those that history has recorded; one may be in both. */
function backends(current: readonly Run[], recorded: readonly Run[]) {
  return someBackends({
    framework: {
      listRuns: ({ activeOnly }) =>
        Promise.resolve({ runs: current.filter(({ status }) => !activeOnly || status !== 'ended') }),
    },
    history: {
      findRuns: ({ limit, before }: FindRunsRequest) =>
        Promise.resolve({
          runs: recorded
            .toSorted(byQueue)
            .filter((one) => !before || byQueue(one, run({ ...before })) > 0)
            .slice(0, limit),
        }),
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

test('what is still going on is judged by the same conditions', async () => {
  const running = run({
    runId: 'x',
    status: 'running',
    attempts: [attempt({ agentId: 'a7', hostname: 'h7', exitCode: 3 })],
  });
  const other = run({ runId: 'y', jobId: 'dev.test', trigger: 'schedule' });
  const stopped = run({ runId: 'z', status: 'running', stopRequested: true });
  const found = async (wanted: Partial<Parameters<typeof findRuns>[1]>) =>
    (
      await findRuns(backends([running, other, stopped], []), { labels: {}, ...wanted }, { limit: 10 })
    ).runs.map(({ runId }) => runId);
  expect(await found({})).toEqual(['z', 'y', 'x']);
  expect(await found({ status: 'running' })).toEqual(['x']);
  expect(await found({ agent: 'h7' })).toEqual(['x']);
  expect(await found({ exitCode: 3 })).toEqual(['x']);
  expect(await found({ trigger: 'schedule' })).toEqual(['y']);
  expect(await found({ jobPrefix: 'dev.' })).toEqual(['y']);
  expect(await found({ labels: { team: 'a' } })).toEqual(['z', 'x']);
  expect(await found({ outcome: 'failed' })).toEqual([]);
  expect(await found({ until: running.queuedAt })).toEqual([]);
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
