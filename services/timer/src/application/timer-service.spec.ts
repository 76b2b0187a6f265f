import type { DueInstant, Job, RunDue, RunOutcome, Schedule } from '@carillon/contracts';
import { Aggregates } from '@carillon/event-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backfill } from '../domain/backfill/backfill.decide.js';
import type { RegistryForTimer } from '../timer-parts.js';
import {
  emptyRegistry,
  jobDefined,
  jobPaused,
  jobResumed,
  MINUTE,
  runEvent,
  schedule,
  type TimerRig,
  timerRig,
} from '../test/timer-rig.js';
import { BACKFILL } from './backfills.js';

/** The schedules of job-u1 by revision; the last one is in force. */
let revisions: Schedule[][];
let children: string[];
const jobAt = (revision: number) =>
  ({
    uid: 'u1',
    revision,
    spec: { id: 'job-u1', schedules: revisions[revision - 1] ?? [] },
  }) as unknown as Job;
const registry: RegistryForTimer = {
  ...emptyRegistry,
  getJob: ({ jobId }) =>
    jobId === 'job-u1'
      ? Promise.resolve(jobAt(revisions.length))
      : Promise.resolve({ ...jobAt(1), uid: jobId.slice(4) }),
  getRevision: ({ revision }) => Promise.resolve(jobAt(revision)),
  listConnectedJobs: () =>
    Promise.resolve({
      jobs: [
        { jobId: 'job-u1', uid: 'u1', revision: 1, parents: [] },
        ...children.map((uid) => ({ jobId: `job-${uid}`, uid, revision: 1, parents: ['job-u1'] })),
      ],
    }),
};

let rig: TimerRig;
/** A whole hour, a day ago. */
let hour: number;
beforeEach(async () => {
  revisions = [[schedule({ cron: '*/10 * * * *' })]];
  children = [];
  rig = await timerRig(1, registry);
  hour = Math.floor((await rig.now()) / 3_600_000 - 24) * 3_600_000;
});
afterEach(() => rig.stop());

const service = () => rig.first.service;
const dues = async (): Promise<RunDue[]> => (await rig.events('RunDue')).map(({ data }) => data as RunDue);
const ended = (runId: string, outcome: RunOutcome, backfillId: string) =>
  runEvent('RunEnded', { jobId: 'job-u1', uid: 'u1', runId, outcome, endedAt: 5, backfillId });
const minutesOf = (instants: readonly DueInstant[]) =>
  instants.map(({ dueAt, verdict }) => `${(dueAt - hour) / MINUTE} ${verdict}`);

describe('a backfill', () => {
  const start = (more = {}) =>
    service().startBackfill({
      ...{ jobId: 'job-u1', uid: 'u1', from: hour, until: hour + 45 * MINUTE, backfillId: 'b1' },
      ...more,
    });

  test('runs the due instants of a past range, so many at once, and shows how far it is', async () => {
    expect(await start({ concurrency: 2 })).toMatchObject({ total: 5, triggered: 2, active: 2 });
    const [first, second] = await dues();
    expect(first).toMatchObject({ trigger: 'backfill', backfillId: 'b1', scheduleId: 'main', dueAt: hour });
    await rig.hearRuns(
      ended(first?.runId ?? '', 'succeeded', 'b1'),
      ended(first?.runId ?? '', 'succeeded', 'b1'),
    );
    await rig.hearRuns(ended(second?.runId ?? '', 'failed', 'b1'));
    const skipped = { jobId: 'job-u1', uid: 'u1', revision: 1, dueAt: 1, skippedAt: 1, reason: 'queueFull' };
    const third = (await dues())[2]?.runId ?? '';
    await rig.hearRuns(
      runEvent('RunSkipped', { ...skipped, runId: third, trigger: 'backfill', backfillId: 'b1' }),
    );
    expect(await service().getBackfill({ uid: 'u1', backfillId: 'b1' })).toMatchObject({
      ...{ total: 5, triggered: 5, active: 2, succeeded: 1, failed: 1, skipped: 1 },
    });
    for (const { runId } of await dues()) await rig.hearRuns(ended(runId, 'succeeded', 'b1'));
    const [listed] = (await service().listBackfills({ uid: 'u1', limit: 10 })).backfills;
    expect(listed).toMatchObject({ active: 0, succeeded: 3, endedAt: expect.any(Number) });
    expect(new Set((await dues()).map(({ runId }) => runId)).size).toBe(5);
    const backfills = new Aggregates(rig.first.store, { category: BACKFILL, decider: backfill });
    expect(await backfills.rebuild({ repair: false })).toEqual({ streams: 1, differing: [] });
  });

  test('can be cancelled, and asked for again', async () => {
    await start();
    expect(await service().cancelBackfill({ uid: 'u1', backfillId: 'b1' })).toMatchObject({
      cancelledAt: expect.any(Number),
    });
    expect(await start()).toMatchObject({ triggered: 1, cancelledAt: expect.any(Number) });
    await expect(start({ until: hour + 50 * MINUTE })).rejects.toMatchObject({ code: 'backfillExists' });
    expect(await dues()).toHaveLength(1);
  });

  test('is the same when it is asked for again, whatever became of its schedule', async () => {
    const first = await start();
    revisions.push([schedule({ id: 'main', cron: '0 * * * *' }), schedule({ id: 'other' })]);
    expect(await start()).toEqual(first);
    revisions.push([]);
    expect(await start({ scheduleId: 'main' })).toEqual(first);
    await expect(start({ scheduleId: 'other' })).rejects.toMatchObject({ code: 'backfillExists' });
    expect(await dues()).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['the future', { until: Date.UTC(2100, 0) }, 'backfillInvalid'],
    ['an empty range', { until: 0 }, 'backfillInvalid'],
    ['no runs at once', { concurrency: 0 }, 'backfillInvalid'],
    ['a bad id', { backfillId: '-' }, 'backfillInvalid'],
    ['a range too large', { from: 0 }, 'backfillInvalid'],
    ['an unknown schedule', { scheduleId: 'other' }, 'scheduleNotFound'],
    ['another job', { uid: 'u2' }, 'jobNotFound'],
  ])('of %s is refused', async (_name, more, code) => {
    await expect(start(more)).rejects.toMatchObject({ code });
  });
});

test('the clock says what is armed', async () => {
  await expect(service().getClock({ uid: 'u1' })).rejects.toMatchObject({ code: 'clockNotFound' });
  const now = await rig.now();
  await rig.hear(
    jobDefined({ uid: 'u1', definedAt: now, schedules: [schedule({ cron: '0 3 * * *', maxRuns: 7 })] }),
    jobPaused('u1', now),
  );
  const clock = await service().getClock({ uid: 'u1' });
  expect(clock).toMatchObject({
    ...{ jobId: 'job-u1', revision: 1, pause: { pausedAt: now } },
    schedules: [{ scheduleId: 'main', revision: 1, runsLeft: 7, nextDueAt: clock.nextDueAt }],
  });
  expect(clock.nextDueAt).toBeGreaterThan(now);
});

test('a schedule that cannot be computed here is told by the clock, and hides nothing of the others', async () => {
  const lost = schedule({ id: 'lost', timezone: 'Mars/Olympus' });
  revisions = [
    [schedule({ cron: '*/30 * * * *' }), lost],
    [schedule({ cron: '*/20 * * * *' }), lost],
  ];
  for (const [index, schedules] of revisions.entries())
    await rig.hear(
      jobDefined({ uid: 'u1', revision: index + 1, definedAt: hour + index * 45 * MINUTE, schedules }),
    );
  await rig.fireAll();
  const range = { jobId: 'job-u1', uid: 'u1', from: hour, to: hour + 70 * MINUTE, limit: 100 };
  const { instants } = await service().explainDueInstants(range);
  expect(minutesOf(instants)).toEqual(['0 missed', '30 missed', '60 missed']);
  const { schedules, nextDueAt } = await service().getClock({ uid: 'u1' });
  expect(schedules).toMatchObject([
    { scheduleId: 'main', nextDueAt },
    { scheduleId: 'lost', problem: expect.stringContaining('Mars/Olympus') as string },
  ]);
});

describe('explain', () => {
  const explain = (from: number, to: number, limit = 100) =>
    service().explainDueInstants({ jobId: 'job-u1', uid: 'u1', from, to, limit });

  test('says of every due instant what became of it, and why', async () => {
    revisions = [[schedule({ cron: '*/10 * * * *' })], [schedule({ cron: '*/30 * * * *' })]];
    await rig.hear(jobDefined({ uid: 'u1', definedAt: hour, schedules: revisions[0] ?? [] }));
    await rig.hear(jobPaused('u1', hour + 15 * MINUTE), jobResumed('u1', hour + 35 * MINUTE));
    await rig.hear(
      jobDefined({ uid: 'u1', revision: 2, definedAt: hour + 45 * MINUTE, schedules: revisions[1] ?? [] }),
    );
    await rig.fireAll();
    const { instants, moreFrom } = await explain(hour, hour + 70 * MINUTE);
    expect(minutesOf(instants)).toEqual([
      '0 missed',
      '10 missed',
      '20 paused',
      '30 paused',
      '40 missed',
      '50 superseded',
      '60 missed',
    ]);
    expect(moreFrom).toBeUndefined();
    for (const { eventIds } of instants) expect(eventIds).toHaveLength(1);
    expect(instants[0]).toMatchObject({
      reason: 'startingDeadlineExceeded',
      revision: 1,
      scheduleId: 'main',
    });
    expect(instants.at(-1)).toMatchObject({ revision: 2 });
  });

  test('goes on where a page ended', async () => {
    await rig.hear(jobDefined({ uid: 'u1', definedAt: hour, schedules: revisions[0] ?? [] }));
    await rig.fireAll();
    const seen: number[] = [];
    for (let from: number | undefined = hour; from !== undefined; ) {
      const page = await explain(from, hour + 120 * MINUTE, 5);
      expect(page.instants.length).toBeLessThanOrEqual(5);
      seen.push(...page.instants.map(({ dueAt }) => (dueAt - hour) / MINUTE));
      from = page.moreFrom;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => index * 10));
  });

  test('tells runs in time from late ones, and what lies ahead', async () => {
    const now = await rig.now();
    const minute = Math.floor(now / MINUTE) * MINUTE;
    revisions = [[schedule({ startingDeadlineSeconds: 600 })]];
    await rig.hear(jobDefined({ uid: 'u1', definedAt: minute - 5 * MINUTE, schedules: revisions[0] ?? [] }));
    await rig.fireAll();
    const { instants } = await explain(minute - 5 * MINUTE, minute + 20 * MINUTE);
    expect(instants).toHaveLength(25);
    expect(instants.slice(0, 5).map(({ verdict }) => verdict)).toEqual(Array(5).fill('late'));
    expect(instants[0]?.runId).toMatch(/^\d{14}/);
    expect(instants.at(-1)).toMatchObject({ verdict: 'upcoming', eventIds: [] });
    await rig.hear(jobPaused('u1', minute + 10 * MINUTE));
    const later = (await explain(minute + 9 * MINUTE, minute + 12 * MINUTE)).instants;
    expect(later.map(({ verdict }) => verdict)).toEqual(['upcoming', 'paused', 'paused']);
  });

  test('passes over nothing of schedules of which one was caught up with sooner', async () => {
    const schedules = [
      schedule({ id: 'minutes', startingDeadlineSeconds: 86_400 }),
      schedule({ id: 'seconds', cron: '*/10 * * * * * *', startingDeadlineSeconds: 86_400 }),
    ];
    await rig.hear(jobDefined({ uid: 'u1', definedAt: (await rig.now()) - 600 * MINUTE, schedules }));
    await rig.fireAll();
    const decided = (await dues()).toSorted((a, b) => a.dueAt - b.dueAt);
    const start = decided[0]?.dueAt ?? Number.NaN;
    const end = (decided.at(-1)?.dueAt ?? Number.NaN) + 1;
    const seen: string[] = [];
    for (let from: number | undefined = start; from !== undefined; ) {
      const page = await explain(from, end, 400);
      seen.push(...page.instants.map(({ scheduleId, dueAt }) => `${dueAt} ${scheduleId}`));
      from = page.moreFrom;
    }
    expect(seen).toHaveLength(new Set(seen).size);
    expect(new Set(seen)).toEqual(new Set(decided.map(({ scheduleId, dueAt }) => `${dueAt} ${scheduleId}`)));
    const early = await explain(start, start + 60 * MINUTE, 1_000);
    expect(early.instants).toHaveLength(60 + 360);
  });

  test('tells all of one instant on one page, though it be more than was asked for', async () => {
    const schedules = ['a', 'b', 'c'].map((id) => schedule({ id, cron: '*/10 * * * *' }));
    revisions = [schedules];
    await rig.hear(jobDefined({ uid: 'u1', definedAt: hour, schedules }));
    await rig.fireAll();
    const { instants, moreFrom } = await explain(hour, hour + 30 * MINUTE, 1);
    expect(instants.map(({ scheduleId }) => scheduleId)).toEqual(['a', 'b', 'c']);
    expect(moreFrom).toBe(hour + 1);
  });

  test('tells all backfills of one instant on one page', async () => {
    for (const backfillId of ['b1', 'b2', 'b3'])
      await service().startBackfill({
        ...{ jobId: 'job-u1', uid: 'u1', from: hour, until: hour + MINUTE, backfillId },
      });
    const { instants, moreFrom } = await explain(hour, hour + MINUTE, 1);
    expect(instants.map(({ backfillId }) => backfillId).sort()).toEqual(['b1', 'b2', 'b3']);
    expect(moreFrom).toBe(hour + 1);
  });

  test('tells what lies further ahead than a page', async () => {
    const start = (Math.floor((await rig.now()) / MINUTE) + 1) * MINUTE;
    await rig.hear(jobDefined({ uid: 'u1', definedAt: start - 1, schedules: [schedule({})] }));
    const minutes = async (from: number, to: number) => {
      const { instants, moreFrom } = await explain(start + from * MINUTE, start + to * MINUTE, 2);
      return [...instants, { dueAt: moreFrom ?? Number.NaN }].map(({ dueAt }) => (dueAt - start) / MINUTE);
    };
    expect(await minutes(500, 600)).toEqual([500, 501, 502]);
    expect(await minutes(500, 502)).toEqual([500, 501, Number.NaN]);
  });

  test('counts the runs that are left of a schedule with maxRuns, as far as that is to be done', async () => {
    const start = (Math.floor((await rig.now()) / MINUTE) + 1) * MINUTE;
    await rig.hear(
      jobDefined({
        ...{ uid: 'u1', definedAt: start - 1 },
        schedules: [schedule({ id: 'few', maxRuns: 500 }), schedule({ id: 'many', maxRuns: 200_000 })],
      }),
    );
    const { instants } = await explain(start + 499 * MINUTE, start + 501 * MINUTE);
    expect(instants.map(({ scheduleId, dueAt }) => `${scheduleId} ${(dueAt - start) / MINUTE}`)).toEqual([
      ...['few 499', 'many 499', 'many 500'],
    ]);
    await expect(explain(start + 100_001 * MINUTE, start + 100_002 * MINUTE)).rejects.toMatchObject({
      ...{ code: 'explainInvalid', message: expect.stringContaining('schedule many') },
    });
  });

  test('knows backfills and rounds of dependencies', async () => {
    children = ['u2', 'u3'];
    await service().startBackfill({
      ...{ jobId: 'job-u1', uid: 'u1', from: hour, until: hour + MINUTE, backfillId: 'b1' },
    });
    const { instants } = await explain(hour, hour + MINUTE);
    expect(instants).toMatchObject([{ trigger: 'backfill', backfillId: 'b1', verdict: 'ran' }]);
    const root = { jobId: 'job-u1', uid: 'u1', runId: 'r1' };
    const queued = { ...root, revision: 1, trigger: 'manual', dueAt: 1, queuedAt: Date.now() } as const;
    const now = await rig.now();
    await rig.hearRuns(
      runEvent('RunQueued', queued),
      runEvent('RunEnded', { ...root, outcome: 'failed', endedAt: now }),
    );
    const child = await service().explainDueInstants({
      ...{ jobId: 'job-u2', uid: 'u2', from: now - MINUTE, to: now + 60 * MINUTE, limit: 10 },
    });
    expect(child.instants).toMatchObject([
      {
        trigger: 'dependency',
        verdict: 'missed',
        reason: 'parentFailed',
        workflowRunId: expect.stringMatching(/^r1-/),
      },
    ]);
    const { workflowRuns } = await service().listWorkflowRuns({ uid: 'u2', limit: 10, openOnly: false });
    expect(workflowRuns).toMatchObject([
      { outcome: 'failed', jobs: [{ step: 'finished' }, { step: 'notRun' }, {}] },
    ]);
    const workflowRunId = workflowRuns[0]?.workflowRunId ?? '';
    expect(await service().getWorkflowRun({ workflowRunId })).toEqual(workflowRuns[0]);
    expect(await service().listWorkflowRuns({ limit: 10, openOnly: true })).toEqual({ workflowRuns: [] });
  });
});
