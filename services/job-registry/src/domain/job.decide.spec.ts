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
});

describe('updating', () => {
  const update = { type: 'UpdateJob', jobId, keepSchedules: true, keepVolumes: false, now: 5000 } as const;

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
      .when({ ...update, keepSchedules: false, keepVolumes: false, spec: jobSpec() })
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

  test('gives no dependencies to a job that keeps its schedules', () => {
    given(jobDecider, [created(jobSpec({ schedules: [schedule()] }))])
      .when({ ...update, spec: jobSpec({ dependencies: [{ id: 'a' }] }) })
      .thenRefused('jobInvalid');
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

  test('adding to a job that others make due is refused', () => {
    given(jobDecider, [created(jobSpec({ dependencies: [{ id: 'a' }] }))])
      .when({ type: 'AddSchedule', jobId, schedule: schedule(), now: 2000 })
      .thenRefused('jobInvalid');
  });

  test('there may be several', () => {
    const weekly = schedule({ id: 'weekly' });
    given(jobDecider, [withSchedule])
      .when({ type: 'AddSchedule', jobId, schedule: weekly, now: 2000 })
      .then([revision2('scheduleAdded', jobSpec({ schedules: [schedule(), weekly] }))]);
  });

  test.each([
    { type: 'UpdateJob', jobId, spec: jobSpec(), keepSchedules: true, keepVolumes: false, now: 2000 },
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

describe('pausing', () => {
  const pause = { type: 'PauseJob', jobId, now: 5000 } as const;
  const paused = (members: object = {}): JobEvent => ({
    type: 'JobPaused',
    data: { jobId, uid: 'u1', pausedAt: 3000, ...members },
  });
  const resumed: JobEvent = { type: 'JobResumed', data: { jobId, uid: 'u1', resumedAt: 5000 } };

  test('is recorded with its end and reason', () => {
    given(jobDecider, [created()])
      .when({ ...pause, until: 6000, reason: 'migration' })
      .then([
        { type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 5000, until: 6000, reason: 'migration' } },
      ]);
  });
  test('again in the same words changes nothing, in others replaces the pause', () => {
    given(jobDecider, [created(), paused({ until: 6000 })])
      .when({ ...pause, until: 6000 })
      .then([]);
    given(jobDecider, [created(), paused({ until: 6000 })])
      .when({ ...pause })
      .then([{ type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 5000 } }]);
  });
  test('into the past is refused', () => {
    given(jobDecider, [created()])
      .when({ ...pause, until: 5000 })
      .thenRefused('pauseInvalid');
  });
  test('has a reason of 10,000 characters at most', () => {
    const reason = 'x'.repeat(10_000);
    given(jobDecider, [created()])
      .when({ ...pause, reason })
      .then([{ type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 5000, reason } }]);
    given(jobDecider, [created()])
      .when({ ...pause, reason: `${reason}x` })
      .thenRefused('pauseInvalid');
  });
  test('ends with resuming, which changes nothing when it has ended by itself', () => {
    const resume = { type: 'ResumeJob', jobId, now: 5000 } as const;
    given(jobDecider, [created(), paused()]).when(resume).then([resumed]);
    given(jobDecider, [created(), paused({ until: 4000 })])
      .when(resume)
      .then([]);
    given(jobDecider, [created()]).when(resume).then([]);
  });
  test('and resuming come no earlier than the change before, though the clock was set back', () => {
    given(jobDecider, [created(), paused({ pausedAt: 7000 })])
      .when({ type: 'ResumeJob', jobId, now: 5000 })
      .then([{ type: 'JobResumed', data: { jobId, uid: 'u1', resumedAt: 7000 } }]);
    const second = created(jobSpec({ description: 'new' }));
    given(jobDecider, [created(), paused(), resumed, second])
      .when({ ...pause, now: 4000 })
      .then([{ type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 5000 } }]);
    given(jobDecider, [created(), paused(), resumed])
      .when({ ...pause, until: 4500, now: 4000 })
      .thenRefused('pauseInvalid');
  });
  test('outlives a change of the definition, not the job', () => {
    const second = created(jobSpec({ description: 'new' }));
    given(jobDecider, [created(), paused(), second])
      .when({ type: 'ResumeJob', jobId, now: 5000 })
      .then([resumed]);
    given(jobDecider, [created(), paused(), removed, created()])
      .when({ type: 'ResumeJob', jobId, now: 5000 })
      .then([]);
  });
  test('of a version that is gone is refused', () => {
    given(jobDecider, [created()])
      .when({ ...pause, expected: { uid: 'u1', revision: 2 } })
      .thenRefused('revisionChanged');
  });
});

describe('a removal that is prepared', () => {
  const prepared: JobEvent = { type: 'RemovalPrepared', data: { jobId, uid: 'u1', until: 31_000 } };
  const pause = { type: 'PauseJob', jobId, now: 2000 } as const;
  const expected = { uid: 'u1', revision: 1 };

  test('needs the version that was read', () => {
    given(jobDecider, [created()])
      .when({ type: 'PrepareRemoval', jobId, expected, now: 1000 })
      .then([prepared]);
    given(jobDecider, [created()])
      .when({ type: 'PrepareRemoval', jobId, expected: { uid: 'u1', revision: 2 }, now: 1000 })
      .thenRefused('revisionChanged');
  });
  test('holds every change off until it is carried out, given up or forgotten', () => {
    given(jobDecider, [created(), prepared]).when(pause).thenRefused('jobBeingRemoved');
    given(jobDecider, [created(), prepared])
      .when({ type: 'PrepareRemoval', jobId, expected, now: 2000 })
      .thenRefused('jobBeingRemoved');
    given(jobDecider, [created(), prepared])
      .when({ type: 'RemoveJob', jobId, uid: 'u1', now: 2000 })
      .then([removed]);
    const cancelled: JobEvent = { type: 'RemovalCancelled', data: { jobId, uid: 'u1' } };
    given(jobDecider, [created(), prepared])
      .when({ type: 'CancelRemoval', jobId, uid: 'u1', now: 2000 })
      .then([cancelled]);
    const paused: JobEvent = { type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 2000 } };
    given(jobDecider, [created(), prepared, cancelled]).when(pause).then([paused]);
    given(jobDecider, [created(), prepared])
      .when({ ...pause, now: 31_000 })
      .then([{ type: 'JobPaused', data: { jobId, uid: 'u1', pausedAt: 31_000 } }]);
  });
});

describe('rolling back', () => {
  test('makes a new revision with the old definition', () => {
    const old = { uid: 'u1', revision: 1, createdAt: 1000, definedAt: 1000, spec: jobSpec() };
    const second: JobEvent = {
      type: 'JobDefined',
      data: { ...old, revision: 2, definedAt: 2000, change: 'updated', spec: jobSpec({ description: 'x' }) },
    };
    const back = { type: 'RollBack', jobId, revision: old, now: 3000 } as const;
    given(jobDecider, [created(), second])
      .when(back)
      .then([
        {
          type: 'JobDefined',
          data: { ...old, revision: 3, definedAt: 3000, change: 'rolledBack', spec: jobSpec() },
        },
      ]);
    given(jobDecider, [created()]).when(back).then([]);
    given(jobDecider, [created()])
      .when({ ...back, revision: { ...old, uid: 'u0' } })
      .thenRefused('jobNotFound');
  });
});
