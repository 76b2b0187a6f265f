import { encodeEvent, type JobDefined, type Job } from '@carillon/contracts';
import { createLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { initialJobRuns } from '../domain/job-runs/job-runs.state.js';
import { FollowJobs } from './follow-jobs.js';
import { Revisions } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

const defined = (uid: string, change: Partial<JobDefined>) =>
  encodeEvent(
    'JobDefined',
    {
      ...{
        jobId: `test.${uid}`,
        uid,
        revision: 1,
        definedAt: 0,
        labels: {},
        dependencies: [],
        schedules: [],
      },
      ...{ cpus: 1, mem: 1, disk: 0, gpus: 0, persistentVolumes: [] },
      ...change,
    },
    { eventId: uid, time: 0, source: 'job-registry' },
  );
const schedules: JobDefined['schedules'] = [
  {
    ...{ id: 's', enabled: true, cron: '* * * * *', timezone: 'UTC' },
    ...{ startingDeadlineSeconds: 900, concurrencyPolicy: 'ALLOW' },
  },
];

it('fetches ahead only what will run by itself, and looks for volumes of what has changed', async () => {
  const limited: string[] = [];
  const batch = {
    loadJobs: (uids: readonly string[]) => Promise.resolve(void limited.push(...uids)),
    job: () => initialJobRuns,
    decideJob: () => [],
    save: () => Promise.resolve(),
  };
  const ledger = { batch: () => batch, announceVolumes: () => Promise.resolve() };
  const fetched: string[] = [];
  const stored = {
    find: () => Promise.resolve([]),
    keep: () => Promise.resolve(),
    forget: () => Promise.resolve(),
  };
  const revisions = new Revisions(stored, {
    getRevisions: ({ revisions: asked }) => {
      fetched.push(...asked.map(({ uid, revision }) => `${uid}@${revision}`));
      return Promise.resolve({ jobs: [] as Job[] });
    },
  });
  const follow = new FollowJobs({
    ...{ revisions, clock: () => 0, log: createLogger('follow-jobs') },
    ledger: ledger as unknown as RunLedger, // nothing is removed
  });
  const commits: (() => void)[] = [];
  const tx = {
    query: () => Promise.reject(new Error('no query')),
    afterCommit: (hook: () => void) => commits.push(hook),
  };
  await follow.handle(tx, [
    defined('by-hand', {}),
    defined('scheduled', { schedules }),
    defined('child', { dependencies: [{ id: 'test.parent' }] }),
    defined('once-scheduled', { schedules }),
    defined('once-scheduled', { revision: 2 }),
  ]);
  expect(limited).toEqual(['once-scheduled']);
  for (const commit of commits) commit();
  await expect.poll(() => fetched).toEqual(['scheduled@1', 'child@1']);
});
