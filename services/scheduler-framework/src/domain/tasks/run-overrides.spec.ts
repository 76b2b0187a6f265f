import type { Job, RunOverrides } from '@carillon/contracts';
import { expect, it } from 'vitest';
import { job } from '../../test/framework-rig.js';
import { withOverrides } from './run-overrides.js';

const some = (run: Parameters<typeof job>[1]): Job => job('u', run);
const none: RunOverrides = { args: [], env: {}, constraints: [] };
const over = (of: Job, change: Partial<RunOverrides>) => withOverrides(of, { ...none, ...change }).spec.run;

it('leaves a run without overrides as its job is', () => {
  const one = some({ cmd: 'x' });
  expect(withOverrides(one, undefined)).toBe(one);
  expect(withOverrides(one, none)).toEqual(one);
});

it('replaces the command or the arguments, and one by the other', () => {
  expect(over(some({ cmd: 'x' }), { cmd: 'y' })).toMatchObject({ cmd: 'y', args: [] });
  expect(over(some({ args: ['a'] }), { cmd: 'y' })).toMatchObject({ cmd: 'y', args: [] });
  const argued = over(some({ cmd: 'x' }), { args: ['b'] });
  expect(argued).toMatchObject({ args: ['b'] });
  expect(argued.cmd).toBeUndefined();
});

it('adds to the environment, and replaces resources and constraints', () => {
  const constraints = [{ attribute: 'rack', operator: 'IS' as const, value: '1' }];
  const one = some({ cmd: 'x', env: { A: { value: '1' }, S: { secret: 's' } }, cpus: 1, mem: 32 });
  expect(over(one, { env: { A: '2', B: '3' }, cpus: 0, gpus: 1, constraints })).toMatchObject({
    env: { A: { value: '2' }, B: { value: '3' }, S: { secret: 's' } },
    cpus: 0,
    mem: 32,
    gpus: 1,
    placement: { constraints },
  });
});
