import { given, replay } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdmitDueRun, JobRunsCommand } from './job-runs.commands.js';
import { jobRuns } from './job-runs.decide.js';
import type { JobRunsEvent } from './job-runs.events.js';

const job = { jobId: 'a.b', uid: 'u1' };
const due = (change: Partial<AdmitDueRun> = {}): AdmitDueRun => ({
  type: 'AdmitDueRun',
  ...job,
  revision: 3,
  runId: 'r2',
  trigger: 'schedule',
  scheduleId: 'default',
  dueAt: 1_000,
  concurrencyPolicy: 'ALLOW',
  now: 1_005,
  ...change,
});
const admitted = (runId: string, idempotencyKey?: string): JobRunsEvent => ({
  type: 'RunAdmitted',
  data: { ...job, runId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
});
const released = (runId: string): JobRunsEvent => ({ type: 'RunReleased', data: { ...job, runId } });
const closed: JobRunsEvent = { type: 'JobClosed', data: { ...job, closedAt: 900 } };
const skipped = (reason: string, now = 1_005): JobRunsEvent => ({
  type: 'RunSkipped',
  data: {
    ...job,
    revision: 3,
    runId: 'r2',
    trigger: 'schedule',
    scheduleId: 'default',
    dueAt: 1_000,
    skippedAt: now,
    reason,
  },
});

describe('admission of due runs', () => {
  it('lets a run in', () =>
    given(jobRuns, [])
      .when(due())
      .then([admitted('r2')]));

  it('lets runs overlap where the schedule allows it', () =>
    given(jobRuns, [admitted('r1')])
      .when(due())
      .then([admitted('r2')]));

  it('skips a run while any other is active where the schedule forbids overlap', () =>
    given(jobRuns, [admitted('manual')])
      .when(due({ concurrencyPolicy: 'FORBID' }))
      .then([skipped('overlapForbidden')]));

  it('lets the next one in once the active run has ended', () =>
    given(jobRuns, [admitted('r1'), released('r1')])
      .when(due({ concurrencyPolicy: 'FORBID' }))
      .then([admitted('r2')]));

  it('replaces all active runs where the schedule says so', () =>
    given(jobRuns, [admitted('r0'), admitted('r1')])
      .when(due({ concurrencyPolicy: 'REPLACE' }))
      .then([{ type: 'RunAdmitted', data: { ...job, runId: 'r2', replaces: ['r0', 'r1'] } }]));

  it('lets runs wait for others up to the limit', () => {
    const queue = { concurrencyPolicy: 'QUEUE', queueLimit: 1 } as const;
    given(jobRuns, [admitted('r0')])
      .when(due(queue))
      .then([admitted('r2')]);
    given(jobRuns, [admitted('r0'), admitted('r1')])
      .when(due(queue))
      .then([skipped('queueFull')]);
    const ten = Array.from({ length: 10 }, (_, index) => admitted(`q${index}`));
    given(jobRuns, ten)
      .when(due({ concurrencyPolicy: 'QUEUE' }))
      .then([admitted('r2')]);
    given(jobRuns, [...ten, admitted('q10')])
      .when(due({ concurrencyPolicy: 'QUEUE' }))
      .then([skipped('queueFull')]);
    given(jobRuns, [...ten, admitted('q10')])
      .when(due({ trigger: 'backfill', concurrencyPolicy: 'QUEUE', queueLimit: 1 }))
      .then([admitted('r2')]);
  });

  it('says of which workflow run or backfill a skipped run is', () =>
    given(jobRuns, [closed])
      .when(due({ trigger: 'dependency', workflowRunId: 'w1', backfillId: 'b1' }))
      .then([
        {
          type: 'RunSkipped',
          data: {
            ...{ ...job, revision: 3, runId: 'r2', trigger: 'dependency', scheduleId: 'default' },
            ...{ dueAt: 1_000, skippedAt: 1_005, reason: 'jobRemoved' },
            ...{ workflowRunId: 'w1', backfillId: 'b1' },
          },
        },
      ]));

  it('skips a run that comes after its starting deadline', () =>
    given(jobRuns, [])
      .when(due({ startDeadlineAt: 61_000, now: 61_001 }))
      .then([skipped('startingDeadlineExceeded', 61_001)]));

  it('admits a run at the very deadline', () =>
    given(jobRuns, [])
      .when(due({ startDeadlineAt: 61_000, now: 61_000 }))
      .then([admitted('r2')]));

  it('skips runs of a removed job', () =>
    given(jobRuns, [closed])
      .when(due())
      .then([skipped('jobRemoved')]));

  it('skips runs of a revision that is gone', () =>
    given(jobRuns, [])
      .when(due({ revisionGone: true }))
      .then([skipped('jobRemoved')]));

  it('decides on a run id once, whether it was admitted, skipped or has ended', () => {
    given(jobRuns, [admitted('r2')])
      .when(due())
      .then([]);
    given(jobRuns, [skipped('overlapForbidden')])
      .when(due())
      .then([]);
    given(jobRuns, [admitted('r2'), released('r2')])
      .when(due())
      .then([]);
  });
});

describe('admission of manual runs', () => {
  const manual = { type: 'AdmitManualRun', ...job, runId: 'm1', concurrencyPolicy: 'ALLOW' } as const;

  it('is not refused because of other runs, unless it asks for that', () => {
    const others = given(jobRuns, [admitted('r1')]);
    others.when(manual).then([admitted('m1')]);
    others.when({ ...manual, concurrencyPolicy: 'FORBID' }).thenRefused('overlapForbidden');
    others.when({ ...manual, concurrencyPolicy: 'QUEUE', queueLimit: 0 }).thenRefused('queueFull');
    others.when({ ...manual, concurrencyPolicy: 'QUEUE', queueLimit: 1 }).then([admitted('m1')]);
    others
      .when({ ...manual, concurrencyPolicy: 'REPLACE' })
      .then([{ type: 'RunAdmitted', data: { ...job, runId: 'm1', replaces: ['r1'] } }]);
  });

  it('remembers the idempotency key', () =>
    given(jobRuns, [])
      .when({ ...manual, idempotencyKey: 'k' })
      .then([admitted('m1', 'k')]));

  it('does nothing for a key that has made its run, whatever run id comes with it', () =>
    given(jobRuns, [admitted('m0', 'k'), released('m0')])
      .when({ ...manual, idempotencyKey: 'k' })
      .then([]));

  it('is refused for a removed job', () => given(jobRuns, [closed]).when(manual).thenRefused('jobClosed'));
});

describe('closing a job', () => {
  const close = { type: 'CloseJob', ...job, stopRuns: false, now: 900 } as const;

  it('bars further runs', () =>
    given(jobRuns, [admitted('r1'), released('r1')])
      .when(close)
      .then([closed]));
  it('is refused while runs are active', () =>
    given(jobRuns, [admitted('r1')])
      .when(close)
      .thenRefused('activeRuns'));
  it('may stop the active runs', () =>
    given(jobRuns, [admitted('r1')])
      .when({ ...close, stopRuns: true })
      .then([closed]));
  it('is idempotent', () => given(jobRuns, [closed]).when(close).then([]));
  it('still sees its runs end', () =>
    given(jobRuns, [admitted('r1'), closed])
      .when({ type: 'ReleaseRun', ...job, runId: 'r1' })
      .then([released('r1')]));
  it('releases a run once', () =>
    given(jobRuns, [admitted('r1'), released('r1')])
      .when({ type: 'ReleaseRun', ...job, runId: 'r1' })
      .then([]));
});

describe('whatever comes in whatever order', () => {
  const runId = fc.integer({ min: 1, max: 9 }).map((number) => `r${number}`);
  const command: fc.Arbitrary<JobRunsCommand> = fc.oneof(
    runId.map((id) => due({ runId: id, concurrencyPolicy: 'FORBID' })),
    runId.map((id) => ({ type: 'ReleaseRun' as const, ...job, runId: id })),
    fc.constant({ type: 'CloseJob' as const, ...job, stopRuns: true, now: 1 }),
  );

  it('overlap that is forbidden never happens, no run id is decided on twice, a closed job admits nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const events: JobRunsEvent[] = [];
        for (const one of commands) {
          const before = replay(jobRuns, events);
          const produced = jobRuns.decide(one, before);
          if (before.closed) expect(produced.map(({ type }) => type)).not.toContain('RunAdmitted');
          events.push(...produced);
          expect(replay(jobRuns, events).active.length).toBeLessThanOrEqual(1);
        }
        const decided = events.flatMap(({ type, data }) =>
          type === 'RunAdmitted' || type === 'RunSkipped' ? [data.runId] : [],
        );
        expect(new Set(decided).size).toBe(decided.length);
      }),
    );
  });
});

describe('volumes', () => {
  const volume = (containerPath: string, persistenceId = `${containerPath}-1`) => ({
    ...{ containerPath, persistenceId, size: 64, agentId: 'a1', hostname: 'host-1' },
  });
  const keep = (revision: number, ...paths: string[]): JobRunsCommand => ({
    ...{ type: 'KeepVolumes', ...job, revision, volumes: paths.map((path) => volume(path)) },
  });
  const kept = (revision: number, ...paths: string[]): JobRunsEvent => ({
    type: 'VolumesKept',
    data: { ...job, revision, volumes: paths.map((path) => volume(path)) },
  });
  const limit = (revision: number, ...containerPaths: string[]): JobRunsCommand => ({
    ...{ type: 'LimitVolumes', ...job, revision, containerPaths },
  });
  const limited = (revision: number, ...containerPaths: string[]): JobRunsEvent => ({
    type: 'VolumesLimited',
    data: { ...job, revision, containerPaths },
  });
  const pathsAfter = (...events: JobRunsEvent[]) =>
    replay(jobRuns, events).volumes?.map(({ containerPath }) => containerPath);

  it('are kept from the first run on', () => {
    given(jobRuns, [admitted('r1')])
      .when(keep(1, 'data'))
      .then([kept(1, 'data')]);
    given(jobRuns, [admitted('r1'), kept(1, 'data')])
      .when(keep(2, 'data', 'more'))
      .then([kept(2, 'more')]);
  });

  it('are those of the latest run, one for each path', () => {
    const other: JobRunsEvent = {
      type: 'VolumesKept',
      data: { ...job, revision: 2, volumes: [volume('data', 'data-2')] },
    };
    const state = replay(jobRuns, [kept(1, 'data', 'more'), other]);
    expect(state.volumes?.map(({ persistenceId }) => persistenceId)).toEqual(['more-1', 'data-2']);
  });

  it('are not kept for a job that is removed, and go with it', () => {
    given(jobRuns, [admitted('r1'), closed])
      .when(keep(1, 'data'))
      .then([]);
    expect(pathsAfter(kept(1, 'data'), closed)).toBeUndefined();
  });

  it('go with the revision that has them no more', () => {
    given(jobRuns, [kept(1, 'data', 'more')])
      .when(limit(2, 'more'))
      .then([limited(2, 'more')]);
    expect(pathsAfter(kept(1, 'data', 'more'), limited(2, 'more'))).toEqual(['more']);
  });

  it('of a run that starts later, or comes earlier, than the revision is heard of', () => {
    given(jobRuns, [admitted('r1'), limited(2, 'more')])
      .when(keep(1, 'data', 'more'))
      .then([kept(1, 'more')]);
    given(jobRuns, [limited(2, 'more')])
      .when(keep(3, 'data'))
      .then([kept(3, 'data')]);
    expect(pathsAfter(kept(3, 'data'), limited(2))).toEqual(['data']);
    given(jobRuns, [kept(3, 'data'), limited(3, 'data')])
      .when(limit(2))
      .then([]);
  });

  it('of a job without any and without runs need no word', () => {
    given(jobRuns, []).when(limit(2)).then([]);
    given(jobRuns, [kept(1, 'data'), closed])
      .when(limit(2))
      .then([]);
  });
});
