import { given } from '@carillon/event-sourcing';
import { describe, test } from 'vitest';
import { jobDecider } from './job.decide.js';
import type { JobEvent } from './job.events.js';
import { jobSpec, schedule } from './job.fixtures.js';

const jobId = 'prod.backup';
const created = (spec = jobSpec()): JobEvent => ({
  type: 'JobDefined',
  data: { uid: 'u1', revision: 1, createdAt: 1000, definedAt: 1000, change: 'created', spec },
});
const removed: JobEvent = { type: 'JobRemoved', data: { jobId, uid: 'u1', removedAt: 2000 } };

describe('creating', () => {
  test('makes revision 1, with cron texts in normal form', () => {
    given(jobDecider, [])
      .when({
        type: 'CreateJob',
        uid: 'u1',
        spec: jobSpec({ schedules: [schedule({ cron: '*/1  2 * * *' })] }),
        now: 1000,
      })
      .then([created(jobSpec({ schedules: [schedule({ cron: '* 2 * * *' })] }))]);
  });

  test('is refused while a job has the id', () => {
    given(jobDecider, [created()])
      .when({ type: 'CreateJob', uid: 'u2', spec: jobSpec(), now: 2000 })
      .thenRefused('jobExists');
  });

  test('after a removal makes another job, with another uid', () => {
    given(jobDecider, [created(), removed])
      .when({ type: 'CreateJob', uid: 'u2', spec: jobSpec(), now: 3000 })
      .then([
        {
          type: 'JobDefined',
          data: {
            uid: 'u2',
            revision: 1,
            createdAt: 3000,
            definedAt: 3000,
            change: 'created',
            spec: jobSpec(),
          },
        },
      ]);
  });

  test('judges the specification before the id', () => {
    given(jobDecider, [created()])
      .when({ type: 'CreateJob', uid: 'u2', spec: jobSpec({ id: '/not/valid' }), now: 2000 })
      .thenRefused('jobInvalid');
  });

  test('with dependencies is refused, because they would never be run', () => {
    given(jobDecider, [])
      .when({ type: 'CreateJob', uid: 'u1', spec: jobSpec({ dependencies: [{ id: 'a' }] }), now: 1 })
      .thenRefused('dependenciesNotSupported');
  });
});

describe('updating', () => {
  const update = { type: 'UpdateJob', jobId, keepSchedules: true, now: 5000 } as const;

  test('makes the next revision and keeps uid, creation time and schedules', () => {
    given(jobDecider, [created(jobSpec({ schedules: [schedule()] }))])
      .when({ ...update, spec: jobSpec({ id: 'other', description: 'new' }) })
      .then([
        {
          type: 'JobDefined',
          data: {
            uid: 'u1',
            revision: 2,
            createdAt: 1000,
            definedAt: 5000,
            change: 'updated',
            spec: jobSpec({ description: 'new', schedules: [schedule()] }),
          },
        },
      ]);
  });

  test('replaces the schedules when told so', () => {
    given(jobDecider, [created(jobSpec({ schedules: [schedule()] }))])
      .when({ ...update, keepSchedules: false, spec: jobSpec() })
      .then([
        {
          type: 'JobDefined',
          data: {
            uid: 'u1',
            revision: 2,
            createdAt: 1000,
            definedAt: 5000,
            change: 'updated',
            spec: jobSpec(),
          },
        },
      ]);
  });

  test('with the same specification changes nothing', () => {
    given(jobDecider, [created()])
      .when({ ...update, spec: jobSpec() })
      .then([]);
  });

  test('never goes back in time', () => {
    given(jobDecider, [created()])
      .when({ ...update, now: 900, spec: jobSpec({ description: 'new' }) })
      .then([
        {
          type: 'JobDefined',
          data: {
            uid: 'u1',
            revision: 2,
            createdAt: 1000,
            definedAt: 1000,
            change: 'updated',
            spec: jobSpec({ description: 'new' }),
          },
        },
      ]);
  });

  test('of an unknown or removed job is refused', () => {
    given(jobDecider, [])
      .when({ ...update, spec: jobSpec() })
      .thenRefused('jobNotFound');
    given(jobDecider, [created(), removed])
      .when({ ...update, spec: jobSpec() })
      .thenRefused('jobNotFound');
  });
});

describe('removing', () => {
  const remove = { type: 'RemoveJob', jobId, uid: 'u1', now: 2000 } as const;

  test('ends the job of that uid, once', () => {
    given(jobDecider, [created()]).when(remove).then([removed]);
    given(jobDecider, [created(), removed]).when(remove).then([]);
  });

  test('of an earlier uid leaves the job that has the id now', () => {
    given(jobDecider, [created()])
      .when({ ...remove, uid: 'u0' })
      .then([]);
  });

  test('of a job that never was is refused', () => {
    given(jobDecider, []).when(remove).thenRefused('jobNotFound');
  });
});

describe('schedules', () => {
  const withSchedule = created(jobSpec({ schedules: [schedule()] }));
  const revision2 = (change: 'scheduleAdded' | 'scheduleChanged' | 'scheduleRemoved', spec = jobSpec()) =>
    ({
      type: 'JobDefined',
      data: { uid: 'u1', revision: 2, createdAt: 1000, definedAt: 2000, change, spec },
    }) as const;

  test('adding makes a revision', () => {
    given(jobDecider, [created()])
      .when({ type: 'AddSchedule', jobId, schedule: schedule(), now: 2000 })
      .then([revision2('scheduleAdded', jobSpec({ schedules: [schedule()] }))]);
  });

  test('adding the same id, or a second one where there may be one, is refused', () => {
    given(jobDecider, [withSchedule])
      .when({ type: 'AddSchedule', jobId, schedule: schedule(), now: 2000 })
      .thenRefused('scheduleExists');
    given(jobDecider, [withSchedule])
      .when({ type: 'AddSchedule', jobId, schedule: schedule({ id: 'weekly' }), onlyOne: true, now: 2000 })
      .thenRefused('onlyOneSchedule');
  });

  test('there may be several', () => {
    const weekly = schedule({ id: 'weekly' });
    given(jobDecider, [withSchedule])
      .when({ type: 'AddSchedule', jobId, schedule: weekly, now: 2000 })
      .then([revision2('scheduleAdded', jobSpec({ schedules: [schedule(), weekly] }))]);
  });

  test.each([
    { type: 'UpdateJob', jobId, spec: jobSpec(), keepSchedules: true, now: 2000 },
    { type: 'AddSchedule', jobId, schedule: schedule({ id: 'weekly' }), now: 2000 },
    { type: 'ChangeSchedule', jobId, schedule: schedule({ cron: '0 3 * * *' }), now: 2000 },
    { type: 'RemoveSchedule', jobId, scheduleId: 'nightly', now: 2000 },
  ] as const)('$type of a version that is gone is refused', (command) => {
    for (const expected of [
      { uid: 'u1', revision: 2 },
      { uid: 'u0', revision: 1 },
    ]) {
      given(jobDecider, [withSchedule])
        .when({ ...command, expected })
        .thenRefused('revisionChanged');
    }
  });

  test('changing replaces the one of that id', () => {
    const changed = schedule({ cron: '0 3 * * *', enabled: false });
    given(jobDecider, [withSchedule])
      .when({ type: 'ChangeSchedule', jobId, schedule: changed, now: 2000 })
      .then([revision2('scheduleChanged', jobSpec({ schedules: [changed] }))]);
  });

  test('removing leaves the job without it', () => {
    given(jobDecider, [withSchedule])
      .when({ type: 'RemoveSchedule', jobId, scheduleId: 'nightly', now: 2000 })
      .then([revision2('scheduleRemoved')]);
  });

  test('changing or removing an unknown one is refused', () => {
    given(jobDecider, [withSchedule])
      .when({ type: 'ChangeSchedule', jobId, schedule: schedule({ id: 'weekly' }), now: 2000 })
      .thenRefused('scheduleNotFound');
    given(jobDecider, [withSchedule])
      .when({ type: 'RemoveSchedule', jobId, scheduleId: 'weekly', now: 2000 })
      .thenRefused('scheduleNotFound');
    given(jobDecider, [])
      .when({ type: 'RemoveSchedule', jobId, scheduleId: 'weekly', now: 2000 })
      .thenRefused('jobNotFound');
  });
});
