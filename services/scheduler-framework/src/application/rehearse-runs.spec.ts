import { expect, it } from 'vitest';
import { rehearseRuns } from './rehearse-runs.js';

it('takes every run from due to its end', async () => {
  expect(await rehearseRuns(1)).toBe(1);
  expect(await rehearseRuns(25)).toBe(25);
});
