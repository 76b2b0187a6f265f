import type { JobSpec } from '@carillon/contracts';
import { given } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { validSpecs } from './apply.plan.js';
import type { JobCommand } from './job.commands.js';
import { jobDecider } from './job.decide.js';
import type { JobEvent } from './job.events.js';
import { jobSpec, runSpec, schedule } from './job.fixtures.js';
import { validJob } from './job.rules.js';
import { MOST_BYTES } from './size.rules.js';

const { id: jobId } = jobSpec();
const empty = Buffer.byteLength(JSON.stringify(jobSpec({ description: '' })));
const ofSchedule = Buffer.byteLength(JSON.stringify(schedule()));
/** A job of so many bytes. */
const weighing = (bytes: number, changes: Partial<JobSpec> = {}) =>
  jobSpec({ description: 'x'.repeat(bytes - empty), ...changes });
const refusal = (bytes: number, path: (string | number)[] = []) =>
  expect.objectContaining({
    code: 'jobInvalid',
    details: {
      problems: [{ path, message: `The job is ${bytes} bytes of JSON, and must be 800000 at most` }],
    },
  }) as Error;

describe('a job', () => {
  test('is as large as is allowed, and not a byte larger', () => {
    expect(validJob(weighing(MOST_BYTES))).toEqual(weighing(MOST_BYTES));
    expect(() => validJob(weighing(MOST_BYTES + 1))).toThrow(refusal(MOST_BYTES + 1));
  });
  test('counts in UTF-8', () => {
    const spec = jobSpec({ description: 'é'.repeat(MOST_BYTES / 2) });
    expect(() => validJob(spec)).toThrow(refusal(empty + MOST_BYTES));
  });
  test('counts all of it, published or not', () => {
    const run = runSpec({ cmd: 'x'.repeat(MOST_BYTES) });
    expect(() => validJob(jobSpec({ run }))).toThrow('Object is not valid');
  });
  test('of a list is named by its place', () => {
    const specs = [jobSpec(), weighing(MOST_BYTES + 1, { id: 'prod.another' })];
    const bytes = Buffer.byteLength(JSON.stringify(specs[1]));
    expect(() => validSpecs(specs)).toThrow(refusal(bytes, [1]));
  });
});

describe('a change', () => {
  const large = weighing(MOST_BYTES - 50);
  const event = (spec: JobSpec): JobEvent => ({
    type: 'JobDefined',
    data: { uid: 'u1', revision: 1, createdAt: 1000, definedAt: 1000, change: 'created', spec },
  });
  const tooLarge = weighing(MOST_BYTES + 1);
  const revision = { uid: 'u1', revision: 1, createdAt: 1000, definedAt: 1000, spec: tooLarge };
  const now = 2000;
  const keep = { keepSchedules: true, keepVolumes: false };

  test.each<[string, JobSpec, JobCommand]>([
    ['that updates it', jobSpec(), { type: 'UpdateJob', jobId, ...keep, spec: tooLarge, now }],
    [
      'that updates it and keeps its schedules',
      jobSpec({ schedules: [schedule()] }),
      { type: 'UpdateJob', jobId, ...keep, spec: large, now },
    ],
    [
      'that applies it',
      jobSpec(),
      { type: 'PutJob', uid: 'u2', spec: tooLarge, expected: { uid: 'u1', revision: 1 }, now },
    ],
    ['that adds a schedule', large, { type: 'AddSchedule', jobId, schedule: schedule(), now }],
    [
      'that changes a schedule',
      weighing(MOST_BYTES - ofSchedule, { schedules: [schedule()] }),
      { type: 'ChangeSchedule', jobId, schedule: schedule({ jitterSeconds: 60 }), now },
    ],
    ['that rolls it back', jobSpec(), { type: 'RollBack', jobId, revision, now }],
  ])('%s does not make it larger', (_what, before, command) => {
    given(jobDecider, [event(before)])
      .when(command)
      .thenRefused('jobInvalid');
  });
  test('that makes it smaller is welcome', () => {
    const data = { uid: 'u1', revision: 2, createdAt: 1000, definedAt: now, change: 'updated' } as const;
    given(jobDecider, [event(tooLarge)])
      .when({ type: 'UpdateJob', jobId, ...keep, spec: jobSpec(), now })
      .then([{ type: 'JobDefined', data: { ...data, spec: jobSpec() } }]);
  });
});
