import type { Volume } from '@carillon/contracts';

import { given, isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { jobDecider } from './job.decide.js';
import { jobSpec, runSpec } from './job.fixtures.js';
import { validJob } from './job.rules.js';
import type { Problem } from './rules.js';

const persistent = (containerPath: string, size = 64): Volume => ({ containerPath, persistent: { size } });
const withVolumes = (...volumes: Volume[]) => jobSpec({ run: runSpec({ volumes }) });

function problemsOf(...volumes: Volume[]): string[] {
  try {
    validJob(withVolumes(...volumes));
    return [];
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    return (error.details['problems'] as Problem[]).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  }
}

describe('persistent volumes', () => {
  test.each(['data', 'my-data_2.d', 'A', 'a'.repeat(64)])('may be called %s', (path) => {
    expect(problemsOf(persistent(path))).toEqual([]);
  });
  test.each(['/data', 'a/b', '..', '.hidden', '', 'a b', 'stdout', 'stderr', 'a'.repeat(65)])(
    'may not be called %j',
    (path) => {
      expect(problemsOf(persistent(path))).toEqual([
        expect.stringContaining(
          `run.volumes.0.containerPath: is '${path}', and must be the name of a folder`,
        ),
      ]);
    },
  );
  test('have a whole size within bounds, are written to, and are there once', () => {
    expect(problemsOf(persistent('data', 1), persistent('more', 16_777_216))).toEqual([]);
    expect(problemsOf(persistent('data', 0))).toEqual([
      'run.volumes.0.persistent.size: is 0, and must be a whole number of MiB from 1 to 16777216',
    ]);
    expect(problemsOf(persistent('data', 16_777_217))).toHaveLength(1);
    expect(problemsOf({ ...persistent('data'), mode: 'RO' })).toEqual([
      'run.volumes.0.mode: is RO, and must be RW: nobody else could fill it',
    ]);
    expect(problemsOf(persistent('data'), { containerPath: 'data', hostPath: '/x', mode: 'RO' })).toEqual([
      "run.volumes.0.containerPath: is 'data', which another has too",
    ]);
  });
});

const created = (...volumes: Volume[]) => {
  const data = { uid: 'u1', revision: 1, createdAt: 1000, definedAt: 1000, change: 'created' } as const;
  return { type: 'JobDefined', data: { ...data, spec: withVolumes(...volumes) } } as const;
};
const update = { type: 'UpdateJob', jobId: jobSpec().id, keepSchedules: false, now: 5000 } as const;
const updated = (...volumes: Volume[]) => {
  const data = { uid: 'u1', revision: 2, createdAt: 1000, definedAt: 5000, change: 'updated' } as const;
  return [{ type: 'JobDefined', data: { ...data, spec: withVolumes(...volumes) } }] as const;
};
const external: Volume = { containerPath: '/x', external: { name: 'n', driver: 'd', options: {} } };
const host: Volume = { containerPath: '/m', hostPath: '/v', mode: 'RO' };

describe('a job that is changed', () => {
  test('has its persistent volumes no more, unless the change is of those who cannot name them', () => {
    const before = [created(persistent('data'), external, host)];
    given(jobDecider, before)
      .when({ ...update, keepVolumes: false, spec: withVolumes() })
      .then(updated());
    given(jobDecider, before)
      .when({ ...update, keepVolumes: true, spec: withVolumes() })
      .then(updated(persistent('data'), external));
    const instead: Volume = { ...host, containerPath: '/x' };
    given(jobDecider, before)
      .when({ ...update, keepVolumes: true, spec: withVolumes(instead) })
      .then(updated(instead, persistent('data')));
  });

  test('cannot have them resized', () => {
    const change = { ...update, keepVolumes: false };
    given(jobDecider, [created(persistent('data', 64))])
      .when({ ...change, spec: withVolumes(host, persistent('data', 65)) })
      .thenRefused('jobInvalid');
    const [revised] = updated(persistent('data', 65));
    given(jobDecider, [created(persistent('data', 64)), ...updated()])
      .when({ ...change, now: 6000, spec: withVolumes(persistent('data', 65)) })
      .then([{ ...revised, data: { ...revised.data, revision: 3, definedAt: 6000 } }]);
  });
});
