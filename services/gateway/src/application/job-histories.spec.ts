import type { HistoryApi, Run, RunOutcome, Summary } from '@carillon/contracts';
import { expect, test } from 'vitest';
import { run } from '../testing/runs.js';
import { jobHistories } from './job-histories.js';

const ended = (runId: string, endedAt: number, outcome: RunOutcome = 'succeeded') =>
  run({ runId, status: 'ended', endedAt, outcome });

/** A history that has recorded some runs; `onSummaries` may let it record more in between. */
function historyOf(runs: Run[], onSummaries: () => void = () => undefined) {
  const api: Pick<HistoryApi, 'haveRuns' | 'getSummaries' | 'listRecentRuns'> = {
    haveRuns: (request) =>
      Promise.resolve({
        runs: request.runs.filter(({ runId }) => runs.some((known) => known.runId === runId)),
      }),
    getSummaries: ({ uids }) => {
      const summaries = uids.map((uid): Summary => {
        const successes = runs.filter(({ outcome }) => outcome === 'succeeded');
        return {
          uid,
          successCount: successes.length,
          failureCount: runs.length - successes.length,
          skippedCount: 0,
          missedCount: 0,
        };
      });
      onSummaries();
      return Promise.resolve({ summaries });
    },
    listRecentRuns: () => Promise.resolve({ runs: [...runs] }),
  };
  return api as HistoryApi;
}

test('a run that has just ended is there before history has recorded it', async () => {
  const history = historyOf([ended('a', 1_000)]);
  const fresh = ended('b', 2_000, 'failed');
  const result = await jobHistories(history, ['u1'], [fresh], { limit: 10 });
  expect(result.get('u1')).toMatchObject({
    successCount: 1,
    failureCount: 1,
    lastFailureAt: 2_000,
    runs: [{ runId: 'b' }, { runId: 'a' }],
  });
});

test('of each list there are no more than were asked for, with those that history has not recorded', async () => {
  const history = historyOf([ended('a', 1_000), ended('b', 2_000, 'failed')]);
  const fresh = [ended('c', 3_000), ended('d', 4_000, 'killed'), ended('e', 5_000)];
  const result = await jobHistories(history, ['u1'], fresh, { limit: 1 });
  expect(result.get('u1')).toMatchObject({ successCount: 3, failureCount: 2 });
  expect(result.get('u1')?.runs.map(({ runId }) => runId)).toEqual(['e', 'd']);
});

test('a run that both know counts once', async () => {
  const both = ended('a', 1_000);
  const result = await jobHistories(historyOf([both]), ['u1'], [both], { limit: 10 });
  expect(result.get('u1')).toMatchObject({ successCount: 1, failureCount: 0 });
  expect(result.get('u1')?.runs).toHaveLength(1);
});

test('a run that is recorded between two questions counts once', async () => {
  const fresh = ended('a', 1_000);
  const runs: Run[] = [];
  const history = historyOf(runs, () => {
    if (runs.length === 0) runs.push(fresh);
  });
  const result = await jobHistories(history, ['u1'], [fresh], { limit: 10 });
  expect(result.get('u1')).toMatchObject({ successCount: 1 });
});

test('asks for no more runs at once than an answer takes, but for those of one job', async () => {
  const counts: Record<string, number> = { u1: 9_000, u2: 500, u3: 600, u4: 50_000, u5: 0 };
  const asked: (readonly string[])[] = [];
  const history = {
    getSummaries: ({ uids }) =>
      Promise.resolve({
        summaries: uids.map((uid) => ({
          ...{ uid, successCount: counts[uid] ?? 0, failureCount: 1, skippedCount: 0, missedCount: 0 },
        })),
      }),
    listRecentRuns: ({ uids }) => {
      asked.push(uids);
      return Promise.resolve({
        runs: uids.map((uid) => run({ uid, status: 'ended', outcome: 'succeeded' })),
      });
    },
  } as Partial<HistoryApi> as HistoryApi;
  const result = await jobHistories(history, Object.keys(counts), [], { limit: 10_000 });
  expect(asked).toEqual([['u1', 'u2'], ['u3'], ['u4'], ['u5']]);
  expect([...result.values()].map(({ runs }) => runs.length)).toEqual([1, 1, 1, 1, 1]);
});

test('a job that never ran has zeros', async () => {
  const result = await jobHistories(historyOf([]), ['u1'], [], { limit: undefined });
  expect(result.get('u1')).toEqual({ successCount: 0, failureCount: 0, runs: [] });
});
