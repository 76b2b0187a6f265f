import type { JobSpec, RunSpec, Schedule } from '@carillon/contracts';
import { given } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { jobDecider } from './job.decide.js';
import { jobSpec, runSpec, schedule } from './job.fixtures.js';
import { withOwnMembers, withOwnPolicies } from './own-members.js';

const own: Partial<RunSpec> = {
  retry: { limit: 2, delaySeconds: 1, backoffFactor: 1, jitter: 0, on: [] },
  timeoutSeconds: 60,
  priority: 3,
  ports: 2,
  limits: { cpus: 1 },
  healthCheck: { cmd: 'true' },
  parameters: [{ name: 'A', type: 'string', default: 'x', choices: [] }],
};
const unique = { attribute: 'hostname', operator: 'UNIQUE' } as const;
const like = { attribute: 'rack', operator: 'LIKE', value: 'a.*' } as const;
const policies: Partial<Schedule> = {
  catchUp: { policy: 'ALL', limit: 3 },
  until: 9e12,
  maxRuns: 7,
  jitterSeconds: 5,
  excludedCalendar: 'weekends',
};
const interval = schedule({ id: 'often', cron: '', interval: 'R/2030-01-01T00:00:00Z/P1D' });
const after = (next: Partial<JobSpec>, stored: Partial<JobSpec>) =>
  withOwnMembers(jobSpec(next), jobSpec(stored));

describe('of a run that is changed by who has no words for it', () => {
  test('stays what it may do and how it is repeated', () => {
    const { run } = after({ run: runSpec({ cmd: 'b' }) }, { run: runSpec({ cmd: 'a', ...own }) });
    expect(run).toEqual(runSpec({ cmd: 'b', ...own }));
  });
  test('goes what it said of retries where the change has a restart of its own', () => {
    const restart = { policy: 'ON_FAILURE' } as const;
    const { run } = after({ run: runSpec({ restart }) }, { run: runSpec(own) });
    expect(run).toEqual(
      Object.fromEntries(Object.entries(runSpec({ ...own, restart })).filter(([name]) => name !== 'retry')),
    );
  });
  test('stay the constraints that look at other runs', () => {
    const placed = (...constraints: RunSpec['placement']['constraints']) =>
      runSpec({ placement: { constraints } });
    expect(after({ run: placed() }, { run: placed(unique, like) }).run).toEqual(placed(unique));
    expect(after({ run: placed(like) }, { run: placed(unique) }).run).toEqual(placed(like, unique));
  });
});

describe('of schedules that are replaced by who knows cron expressions', () => {
  const changed = schedule({ cron: '0 3 * * *', enabled: false });

  test('stay the policies of one, and those of other kinds', () => {
    const stored = [schedule(policies), interval];
    const { schedules } = after({ schedules: [changed] }, { schedules: stored });
    expect(schedules).toEqual([{ ...policies, ...changed }, interval]);
    expect(after({}, { schedules: stored }).schedules).toEqual([interval]);
  });
  test('goes all of one whose id is another kind now', () => {
    const { schedules } = after({ schedules: [{ ...changed, id: 'often' }] }, { schedules: [interval] });
    expect(schedules).toEqual([{ ...changed, id: 'often' }]);
  });
  test.each([
    ['FORBID', 'QUEUE', { concurrencyPolicy: 'QUEUE', queueLimit: 4 }],
    ['FORBID', 'REPLACE', { concurrencyPolicy: 'REPLACE' }],
    ['ALLOW', 'QUEUE', { concurrencyPolicy: 'ALLOW' }],
    ['FORBID', 'ALLOW', { concurrencyPolicy: 'FORBID' }],
  ] as const)('%s after %s is %o', (said, was, expected) => {
    const queueLimit = was === 'QUEUE' ? { queueLimit: 4 } : {};
    const stored = schedule({ concurrencyPolicy: was, ...queueLimit });
    expect(withOwnPolicies(schedule({ concurrencyPolicy: said }), stored)).toEqual(schedule(expected));
  });
});

describe('a job', () => {
  const jobId = jobSpec().id;
  const defined = (revision: number, change: 'created' | 'updated' | 'scheduleChanged', spec: JobSpec) =>
    ({
      type: 'JobDefined',
      data: { uid: 'u1', revision, createdAt: 1000, definedAt: revision * 1000, change, spec },
    }) as const;
  const spec = jobSpec({ run: runSpec(own), schedules: [schedule(policies), interval] });
  const stored = defined(1, 'created', spec);

  test('keeps what is its own only where it is told so', () => {
    const change = { type: 'UpdateJob', jobId, spec: jobSpec(), now: 2000 } as const;
    given(jobDecider, [stored])
      .when({ ...change, keepSchedules: true, keepVolumes: true, keepOwn: true })
      .then([]);
    given(jobDecider, [stored])
      .when({ ...change, keepSchedules: false, keepVolumes: true, keepOwn: true })
      .then([defined(2, 'updated', { ...spec, schedules: [interval] })]);
    given(jobDecider, [stored])
      .when({ ...change, keepSchedules: true, keepVolumes: false })
      .then([defined(2, 'updated', { ...spec, run: runSpec() })]);
  });
  test('is judged with it', () => {
    given(jobDecider, [stored])
      .when({
        ...{ type: 'UpdateJob', jobId, now: 2000, keepSchedules: true, keepVolumes: true, keepOwn: true },
        spec: jobSpec({ run: runSpec({ cpus: 2 }) }),
      })
      .thenRefused('jobInvalid');
  });
  test('keeps the policies of a schedule that is changed', () => {
    const change = {
      type: 'ChangeSchedule',
      jobId,
      schedule: schedule({ enabled: false }),
      now: 2000,
    } as const;
    const schedules = (one: Schedule) => ({ ...spec, schedules: [one, interval] });
    given(jobDecider, [stored])
      .when({ ...change, keepOwn: true })
      .then([defined(2, 'scheduleChanged', schedules(schedule({ ...policies, enabled: false })))]);
    given(jobDecider, [stored])
      .when(change)
      .then([defined(2, 'scheduleChanged', schedules(schedule({ enabled: false })))]);
  });
  test('has no schedule of another kind for who does not know it', () => {
    const change = { type: 'ChangeSchedule', jobId, schedule: schedule({ id: 'often' }), now: 2000 } as const;
    given(jobDecider, [stored])
      .when({ ...change, keepOwn: true })
      .thenRefused('scheduleNotFound');
    given(jobDecider, [stored])
      .when(change)
      .then([defined(2, 'scheduleChanged', { ...spec, schedules: [schedule(policies), change.schedule] })]);
  });
});
