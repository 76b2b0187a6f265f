import { notFound } from '@carillon/event-sourcing';
import type { DueInstant, Job } from '@carillon/contracts';
import { expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { run } from '../testing/runs.js';
import { explain } from './explain.js';

const due = (runId?: string): DueInstant => ({
  ...{ scheduleId: 'nightly', revision: 1, dueAt: 1_000, trigger: 'schedule', verdict: 'ran', eventIds: [] },
  ...(runId === undefined ? {} : { runId }),
});

test('tells why a run was skipped, also when its events are no longer kept', async () => {
  const ended = run({ runId: 'ended', status: 'ended', outcome: 'succeeded' });
  const unknown = () => Promise.reject(notFound('runNotFound', 'no such run'));
  const backends = someBackends({
    registry: { getJob: () => Promise.resolve({ uid: 'u1' } as Job) },
    timer: {
      explainDueInstants: () =>
        Promise.resolve({ instants: [due('ended'), due('skipped'), due('forgotten'), due()] }),
    },
    framework: { getRun: unknown },
    history: {
      getEndedRun: ({ runId }) => (runId === 'ended' ? Promise.resolve(ended) : unknown()),
      getSkips: ({ runs }) =>
        Promise.resolve({
          skips: runs
            .filter(({ runId }) => runId === 'skipped')
            .map((one) => ({ ...one, reason: 'overlap' })),
        }),
      listEvents: () => Promise.resolve({ events: [] }),
    },
  });
  const { instants } = await explain(backends, 'a', { from: 0, to: 2_000, limit: 10 });
  expect(instants.map((one) => one.run)).toEqual([
    ended,
    { status: 'skipped', reason: 'overlap' },
    null,
    null,
  ]);
});
