import type { Job, Run, StartRunRequest } from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import { expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { startRun } from './runs.js';

const revisionOf = (revision: number) => ({ uid: 'u1', revision, spec: { id: 'a' } }) as Job;
/** Which the first revision takes, and no other. */
const overrides = { args: ['a'], env: {}, constraints: [] };
const overridesOf = ({ revision }: Job) => {
  if (revision === 1) return overrides;
  throw invalid('jobInvalid', 'no such parameter');
};

/** A job whose second revision takes other parameters than the first, of which the run of the key `known` is. */
function backends(started: StartRunRequest[], { hasRevisions = true } = {}) {
  const run = { runId: 'r1', revision: 1, overrides } as unknown as Run;
  return someBackends({
    registry: {
      getJob: () => Promise.resolve(revisionOf(2)),
      getRevision: ({ revision }) =>
        hasRevisions
          ? Promise.resolve(revisionOf(revision))
          : Promise.reject(notFound('revisionNotFound', 'no such revision')),
    },
    framework: {
      getRunOfKey: ({ idempotencyKey }) =>
        idempotencyKey === 'known'
          ? Promise.resolve(run)
          : Promise.reject(notFound('runNotFound', 'no run of this key')),
      startRun: (request) => {
        started.push(request);
        return Promise.resolve(run);
      },
    },
  });
}

test('a run that is asked for again is judged by the definition that it was started with', async () => {
  const started: StartRunRequest[] = [];
  const again = { idempotencyKey: 'known', overrides: overridesOf };
  expect(await startRun(backends(started), 'a', again)).toMatchObject({ runId: 'r1' });
  expect(started).toMatchObject([{ uid: 'u1', revision: 1, overrides }]);
  const other = { ...again, overrides: () => ({ ...overrides, args: ['b'] }) };
  await expect(startRun(backends(started), 'a', other)).rejects.toMatchObject({ code: 'idempotencyKeyUsed' });
});

test('any other is judged by the present definition', async () => {
  const start = { idempotencyKey: 'other', overrides: overridesOf };
  await expect(startRun(backends([]), 'a', start)).rejects.toMatchObject({ code: 'jobInvalid' });
  const forgotten = backends([], { hasRevisions: false });
  await expect(startRun(forgotten, 'a', { ...start, idempotencyKey: 'known' })).rejects.toMatchObject({
    code: 'jobInvalid',
  });
});
