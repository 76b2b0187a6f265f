import type { Attempt, Run } from '@carillon/contracts';
import { describe, expect, test } from 'vitest';
import { attempt, run } from '../testing/runs.js';
import { presentHistory } from './history.presenter.js';
import { presentJobInfo, presentJobSpec } from './job.presenter.js';
import { jobSpecReader } from './job-spec.reader.js';
import { read } from './readers.js';
import { presentRun } from './run.presenter.js';

const status = (changes: Partial<Run>) => presentRun(run(changes)).status;
const task = (changes: Partial<Attempt>) => presentRun(run({ attempts: [attempt(changes)] })).tasks[0];

describe('a run', () => {
  test('has explicit null for what has not happened, timestamps with +0000', () => {
    expect(presentRun(run())).toEqual({
      id: '20160715130259A34HX',
      jobId: 'prod.backup',
      status: 'INITIAL',
      createdAt: '2016-07-15T13:02:59.735+0000',
      completedAt: null,
      tasks: [],
    });
  });
  test('is INITIAL until it has an attempt, then ACTIVE until it ends', () => {
    expect(status({ status: 'queued' })).toBe('INITIAL');
    expect(status({ status: 'launched', attempts: [attempt()] })).toBe('ACTIVE');
    expect(status({ status: 'running', attempts: [attempt()] })).toBe('ACTIVE');
    expect(status({ status: 'queued', attempts: [attempt({ state: 'TASK_FAILED' })] })).toBe('ACTIVE');
    expect(status({ status: 'ended', outcome: 'succeeded' })).toBe('SUCCESS');
    for (const outcome of ['failed', 'killed', 'timedOut', 'lost'] as const) {
      expect(status({ status: 'ended', outcome })).toBe('FAILED');
    }
    expect(status({ status: 'running', stopRequested: true })).toBe('FAILED');
  });
});

describe('a task', () => {
  test('is completed only when it finished', () => {
    expect(task({ state: 'TASK_FINISHED', startedAt: 2_000, endedAt: 3_000 })).toEqual({
      id: 'prod_backup_20160715130259A34HX.1',
      startedAt: '1970-01-01T00:00:02.000+0000',
      completedAt: '1970-01-01T00:00:03.000+0000',
      status: 'TASK_FINISHED',
    });
    expect(task({ state: 'TASK_FAILED', endedAt: 3_000 })).not.toHaveProperty('completedAt');
  });
  test.each([
    ['TASK_STAGING', 'TASK_STAGING'],
    ['TASK_STARTING', 'TASK_STARTING'],
    ['TASK_RUNNING', 'TASK_RUNNING'],
    ['TASK_KILLING', 'TASK_RUNNING'],
    ['TASK_KILLED', 'TASK_KILLED'],
    ['TASK_ERROR', 'TASK_FAILED'],
    ['TASK_LOST', 'TASK_FAILED'],
    ['TASK_DROPPED', 'TASK_FAILED'],
    ['TASK_GONE', 'TASK_FAILED'],
    ['TASK_UNREACHABLE', 'TASK_RUNNING'],
  ])('%s is %s', (state, shown) => expect(task({ state })?.status).toBe(shown));
});

describe('a job', () => {
  const body = {
    id: 'prod.backup',
    description: 'd',
    labels: {},
    schedules: [{ id: 'nightly', cron: '0 2 * * *', enabled: false }],
    run: { cmd: 'true', cpus: 0.1, mem: 128, disk: 0, networks: [{ mode: 'host' }] },
  };
  const spec = read(jobSpecReader, body);
  const now = Date.UTC(2026, 0, 1);

  test('is written and read back the same', () => {
    expect(read(jobSpecReader, presentJobSpec(spec, now))).toEqual(spec);
    expect(read(jobSpecReader, presentJobInfo(spec, now))).toEqual(spec);
  });
  test('has its members in the order of Metronome', () => {
    const order = (value: object) => Object.keys(value);
    expect(order(presentJobSpec(spec, now))).toEqual([
      'id',
      'description',
      'dependencies',
      'labels',
      'schedules',
      'run',
    ]);
    expect(order(presentJobInfo(spec, now, { activeRuns: [] }))).toEqual([
      'id',
      'description',
      'dependencies',
      'labels',
      'run',
      'schedules',
      'activeRuns',
    ]);
  });
  test('says when a schedule is due next, enabled or not; nothing when never', () => {
    expect(presentJobSpec(spec, now)).toMatchObject({
      schedules: [{ id: 'nightly', enabled: false, nextRunAt: '2026-01-01T02:00:00.000+0000' }],
    });
    const past = { ...spec, schedules: spec.schedules.map((one) => ({ ...one, cron: '0 2 * * * 2020' })) };
    expect(JSON.stringify(presentJobSpec(past, now))).not.toContain('nextRunAt');
  });
});

test('a job that never ran has zeros, nulls and empty lists', () => {
  expect(presentHistory({ successCount: 0, failureCount: 0, runs: [] })).toEqual({
    successCount: 0,
    failureCount: 0,
    lastSuccessAt: null,
    lastFailureAt: null,
    successfulFinishedRuns: [],
    failedFinishedRuns: [],
  });
});
