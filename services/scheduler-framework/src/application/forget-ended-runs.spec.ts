import { createLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { forgetEndedRuns } from './forget-ended-runs.js';
import type { RunRow } from './run-index.js';

const row = (runId: string): RunRow => ({
  ...{ uid: 'u', runId, jobId: 'j', queuedAt: 0, framework: 'f', trace: {} },
});

it('forgets what history has, also behind pages of runs that it never gets', async () => {
  let rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(row);
  const known = new Set(['b', 'f', 'g']);
  const loop = forgetEndedRuns({
    index: {
      ended: ({ limit, skip }) => Promise.resolve(rows.slice(skip, skip + limit)),
      forget: (refs) => {
        rows = rows.filter(({ runId }) => !refs.some((ref) => ref.runId === runId));
        return Promise.resolve();
      },
    },
    history: {
      haveRuns: ({ runs }) => Promise.resolve({ runs: runs.filter(({ runId }) => known.has(runId)) }),
    },
    log: createLogger('spec'),
    everyMs: 1,
    batch: 2,
  });
  loop.start();
  await expect.poll(() => rows.map(({ runId }) => runId), { interval: 2 }).toEqual(['a', 'c', 'd', 'e']);
  known.add('a');
  await expect.poll(() => rows.map(({ runId }) => runId), { interval: 2 }).toEqual(['c', 'd', 'e']);
  await loop.stop();
});
