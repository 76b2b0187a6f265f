import { expect, it } from 'vitest';
import type { JobRegistryApi } from '../generated/apis.js';
import { failureOf, someJob } from './bindings.contract.js';
import { lateBound } from './late-bound.js';

it('is unavailable until it is bound, then the implementation', async () => {
  const registry = lateBound('JobRegistry');
  expect(await failureOf(registry.api.getJob({ jobId: 'a' }))).toMatchObject({
    kind: 'unavailable',
    code: 'serviceUnavailable',
    message: 'JobRegistry has not started yet',
  });
  registry.bind({ getJob: () => Promise.resolve(someJob) } as unknown as JobRegistryApi);
  expect(await registry.api.getJob({ jobId: 'a' })).toBe(someJob);
  expect(await Promise.resolve(registry.api)).toBe(registry.api);
});
