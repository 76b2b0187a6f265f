import { expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { readJobPage } from './read-jobs.js';

test('a page without jobs asks for no runs, which would be those of all jobs', async () => {
  const backends = someBackends({ registry: { listJobs: () => Promise.resolve({ jobs: [] }) } });
  const wanted = { activeRuns: true, summary: true, recentRuns: 10 };
  expect(await readJobPage(backends, { limit: 10 }, wanted)).toEqual([]);
});
