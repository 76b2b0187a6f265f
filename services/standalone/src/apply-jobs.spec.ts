import { expect, it } from 'vitest';
import { jobsOf } from './apply-jobs.js';

const job = (id: string, more: object = {}) => ({
  id,
  run: { cpus: 0.1, mem: 32, disk: 0, cmd: 'true' },
  ...more,
});

it('takes jobs that keep every rule', () => {
  const jobs = jobsOf([{ source: 'a.yaml', body: job('a') }]);
  expect(jobs).toMatchObject([{ source: 'a.yaml', spec: { id: 'a', run: { cmd: 'true' } } }]);
});

it.each([
  [
    'a rule of the format',
    job('a', { cmd: 1 }),
    "Additional properties are not allowed, but found properties 'cmd'.",
  ],
  ['every path', job('A', { run: { cpus: 'x' } }), /^f: id: .*; run: .*; run\.cpus: /],
  [
    'a rule of the registry',
    job('a', { schedules: [{ id: 's', cron: '99 * * * *' }] }),
    /schedules\.0\.cron: /,
  ],
  ['no object', 5, 'Wrong type. Expected object, was number.'],
])('names file and path: %s', (_, body, message) => {
  expect(() => jobsOf([{ source: 'f', body }])).toThrow(message);
});

it('refuses one job in two places', () => {
  const twice = ['a.yaml', 'b.yaml'].map((source) => ({ source, body: job('a') }));
  expect(() => jobsOf(twice)).toThrow('b.yaml: the job a is in a.yaml already');
});
