import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { jobSpecReader, jobSpecReaderV0 } from './job-spec.reader.js';
import { type Problem, printProblems } from './problems.js';
import { read } from './readers.js';
import { scheduleReader } from './schedule.reader.js';

const run = { cmd: 'sleep 1', cpus: 0.01, mem: 32, disk: 0 };
const job = { id: 'prod.example.app', run };
const withRun = (members: object) => ({ ...job, run: { ...run, ...members } });

function refusal(body: unknown, reader: typeof jobSpecReader | typeof scheduleReader = jobSpecReader) {
  try {
    read<unknown>(reader, body);
    return [];
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    return printProblems(error.details['problems'] as Problem[]);
  }
}

describe('a job', () => {
  test('gets every default', () => {
    expect(read(jobSpecReader, job)).toEqual({
      id: 'prod.example.app',
      dependencies: [],
      labels: {},
      schedules: [],
      run: {
        ...run,
        gpus: 0,
        args: [],
        env: {},
        placement: { constraints: [] },
        artifacts: [],
        maxLaunchDelay: 3600,
        volumes: [],
        restart: { policy: 'NEVER' },
        secrets: {},
        networks: [],
        parameters: [],
      },
    });
  });

  test('may have every member', () => {
    const body = {
      id: 'a',
      description: 'd',
      dependencies: [{ id: 'b' }],
      labels: { team: 'x' },
      schedules: [{ id: 's', cron: '* * * * *' }],
      run: {
        ...run,
        gpus: 1,
        args: ['a'],
        user: 'root',
        env: { A: 'b', S: { secret: 'one' } },
        placement: { constraints: [{ attribute: 'rack', operator: 'EQ', value: 'r1' }] },
        artifacts: [{ uri: 'http://x/y.tgz' }],
        maxLaunchDelay: 1,
        ucr: { image: { id: 'alpine' } },
        volumes: [
          { containerPath: '/a', hostPath: '/b', mode: 'RO' },
          { containerPath: '/c', secret: 'one' },
        ],
        restart: { policy: 'ON_FAILURE', activeDeadlineSeconds: 3 },
        taskKillGracePeriodSeconds: 3.7,
        secrets: { one: { source: 'path' } },
        networks: [{ mode: 'container', name: 'n', labels: { k: 'v' } }],
      },
    };
    const spec = read(jobSpecReader, body);
    expect(spec.run).toMatchObject({
      env: { A: { value: 'b' }, S: { secret: 'one' } },
      placement: { constraints: [{ attribute: 'rack', operator: 'IS', value: 'r1' }] },
      artifacts: [{ uri: 'http://x/y.tgz', extract: true, executable: false, cache: false }],
      ucr: { image: { id: 'alpine', kind: 'docker', forcePull: false }, privileged: false },
      taskKillGracePeriodSeconds: 3,
    });
    expect(spec.schedules).toEqual([
      {
        id: 's',
        cron: '* * * * *',
        timezone: 'UTC',
        startingDeadlineSeconds: 900,
        concurrencyPolicy: 'ALLOW',
        enabled: true,
      },
    ]);
  });

  test('as the dcos command line sends it is tolerated: an empty cmd is none', () => {
    const spec = read(jobSpecReader, {
      ...withRun({ cmd: '', gpus: 0, taskKillGracePeriodSeconds: 0 }),
      description: '',
    });
    expect(spec.description).toBe('');
    expect(spec.run).not.toHaveProperty('cmd');
    expect(spec.run.taskKillGracePeriodSeconds).toBe(0);
  });

  test('of version 0 has no grace period', () => {
    expect(refusal(withRun({ taskKillGracePeriodSeconds: 3 }), jobSpecReaderV0)).toEqual([
      {
        path: '/run',
        errors: ["Additional properties are not allowed, but found properties 'taskKillGracePeriodSeconds'."],
      },
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    ['an id /not/valid', { ...job, id: '/not/valid' }, '/id', 'does not match pattern'],
    ['an empty id', { ...job, id: '' }, '/id', 'minimum length of 1'],
    ['an id that is no text', { ...job, id: 1 }, '/id', 'Wrong type. Expected string, was number.'],
    ['an embedded read', { ...job, activeRuns: [] }, '/', "found properties 'activeRuns'"],
    ['no run', { id: 'a' }, '/', 'Property run missing.'],
    ['no cpus', { id: 'a', run: { mem: 32, disk: 0 } }, '/run', 'Property cpus missing.'],
    ['too few cpus', withRun({ cpus: 0 }), '/run/cpus', '0 is smaller than required minimum value of 0.01.'],
    ['endless cpus', withRun({ cpus: Infinity }), '/run/cpus', 'exceeds maximum value'],
    ['too little memory', withRun({ mem: 31 }), '/run/mem', 'minimum value of 32'],
    ['half a GPU', withRun({ gpus: 0.5 }), '/run/gpus', 'Wrong type. Expected integer, was number.'],
    [
      'too large an integer',
      withRun({ maxLaunchDelay: 2 ** 31 }),
      '/run/maxLaunchDelay',
      'exceeds maximum value',
    ],
    [
      'an invalid placement operator',
      withRun({ placement: { constraints: [{ attribute: 'a', operator: 'x' }] } }),
      '/run/placement/constraints(0)/operator',
      'Instance is invalid enum value.',
    ],
    [
      'a volume of both kinds',
      withRun({ volumes: [{ containerPath: '/m', hostPath: '/v', secret: 's' }] }),
      '/run/volumes(0)',
      'expected HostVolume or SecretVolume',
    ],
    [
      'half a host volume',
      withRun({ volumes: [{ containerPath: '/m', hostPath: '/v' }] }),
      '/run/volumes(0)',
      'expected HostVolume or SecretVolume',
    ],
    ['a number in env', withRun({ env: { A: 1 } }), '/run/env/A', 'Instance does not match any schema.'],
    ['null', withRun({ cmd: null }), '/run/cmd', 'Wrong type. Expected string, was null.'],
    [
      'a network without mode',
      withRun({ networks: [{ name: 'n' }] }),
      '/run/networks(0)',
      'Property mode missing.',
    ],
    [
      'a network of an unknown mode',
      withRun({ networks: [{ mode: 'x' }] }),
      '/run/networks(0)/mode',
      'invalid enum value',
    ],
    [
      'a network with an unknown member',
      withRun({ networks: [{ mode: 'host', invalid: 'field' }] }),
      '/run/networks(0)',
      "found properties 'invalid'",
    ],
    [
      'a network with labels that are no texts',
      withRun({ networks: [{ mode: 'container', name: 'n', labels: { a: [] } }] }),
      '/run/networks(0)/labels/a',
      'Wrong type. Expected string, was array.',
    ],
    ['a restart without policy', withRun({ restart: {} }), '/run/restart', 'Property policy missing.'],
    ['a docker without image', withRun({ docker: {} }), '/run/docker', 'Property image missing.'],
    [
      'an unknown kind of image',
      withRun({ ucr: { image: { id: 'a', kind: 'x' } } }),
      '/run/ucr/image/kind',
      'invalid enum value',
    ],
    ['characters that are no text', withRun({ cmd: 'a\u0000b' }), '/run/cmd', 'is not text'],
    ['half a character', { ...job, labels: { a: '\ud800' } }, '/labels/a', 'is not text'],
    [
      'a name that JavaScript gives a meaning',
      { ...job, labels: JSON.parse('{"__proto__":"x"}') as object },
      '/labels',
      'is not allowed as a name',
    ],
    ['an array', [], '/', 'Wrong type. Expected object, was array.'],
    ['a schedule that is none', { ...job, schedules: [1] }, '/schedules(0)', 'Expected object, was number'],
  ])('%s', (_name, body, path, message) => {
    const details = refusal(body);
    expect(details.map((detail) => detail.path)).toContain(path);
    expect(details.find((detail) => detail.path === path)?.errors.join()).toContain(message);
  });

  test('everything at once', () => {
    expect(refusal({ id: '?', run: { cpus: 'x', mem: 1, disk: -1 } }).map(({ path }) => path)).toEqual([
      '/id',
      '/run/cpus',
      '/run/mem',
      '/run/disk',
    ]);
  });
});

describe('a schedule', () => {
  const schedule = { id: 'nightly', cron: '0 2 * * *' };

  test('may be sent back as it was read', () => {
    expect(read(scheduleReader, { ...schedule, nextRunAt: '' })).toMatchObject({ timezone: 'UTC' });
  });
  test('takes timeZone for timezone', () => {
    expect(read(scheduleReader, { ...schedule, timeZone: 'Europe/Rome' }).timezone).toBe('Europe/Rome');
    expect(read(scheduleReader, { ...schedule, timeZone: '' }).timezone).toBe('UTC');
  });
  test.each(['a', 'ignore.me', '-a', 'a-', ''])('cannot have the id %s', (id) => {
    expect(refusal({ ...schedule, id }, scheduleReader)).toMatchObject([{ path: '/id' }]);
  });
  test('has a deadline of a second at least, and a known policy', () => {
    const body = { ...schedule, startingDeadlineSeconds: 0, concurrencyPolicy: 'REPLACE' };
    expect(refusal(body, scheduleReader).map(({ path }) => path)).toEqual([
      '/startingDeadlineSeconds',
      '/concurrencyPolicy',
    ]);
  });
});
