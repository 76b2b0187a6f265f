import type { Job } from '@carillon/contracts';
import { domainError, unavailable } from '@carillon/event-sourcing';
import { expect, test, vi } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { removeJob } from './remove-job.js';

const job = { uid: 'u1', revision: 1, createdAt: 0, definedAt: 0 } as Job;
const lost = () => Promise.reject(unavailable('databaseUnavailable', 'the connection broke in the commit'));

function backends() {
  const registry = {
    prepareRemoval: vi.fn(() => Promise.resolve(job)),
    cancelRemoval: vi.fn(() => Promise.resolve(job)),
    removeJob: vi.fn(() => Promise.resolve(job)),
  };
  const framework = { closeJob: vi.fn(() => Promise.resolve({ stoppedRuns: 0 })) };
  const remove = () => removeJob(someBackends({ registry, framework }), 'a', { stopRuns: false });
  return { registry, framework, remove };
}

test('a removal of which an answer is lost is carried out', async () => {
  const { registry, framework, remove } = backends();
  framework.closeJob.mockImplementationOnce(lost);
  registry.removeJob.mockImplementationOnce(lost);
  expect(await remove()).toBe(job);
  expect(registry.cancelRemoval).not.toHaveBeenCalled();
});

test('a removal that is refused, or that nobody answers, is given up', async () => {
  const { registry, framework, remove } = backends();
  framework.closeJob.mockImplementationOnce(() => Promise.reject(domainError('activeRuns', 'some')));
  await expect(remove()).rejects.toMatchObject({ code: 'activeRuns' });
  expect(framework.closeJob).toHaveBeenCalledTimes(1);
  framework.closeJob.mockImplementation(lost);
  await expect(remove()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(registry.cancelRemoval.mock.calls).toHaveLength(2);
  expect(registry.removeJob).not.toHaveBeenCalled();
});
