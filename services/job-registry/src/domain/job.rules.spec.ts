import type { RunSpec, Schedule } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { jobSpec, runSpec, schedule } from './job.fixtures.js';
import { validJob } from './job.rules.js';
import type { Problem } from './rules.js';
import { resizedVolumes } from './volume.rules.js';

/** Path in words and message of every problem. */
function problemsOf(spec: Parameters<typeof validJob>[0]): string[] {
  try {
    validJob(spec);
    return [];
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    return (error.details['problems'] as Problem[]).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  }
}
const withoutCmd = ({ cmd, ...run }: RunSpec): RunSpec => (cmd === undefined ? run : run);
const ofRun = (changes: Partial<RunSpec>) => problemsOf(jobSpec({ run: runSpec(changes) }));
const ofSchedule = (changes: Partial<Schedule>) => problemsOf(jobSpec({ schedules: [schedule(changes)] }));

describe('job ids (JobSpecJsonSchemaTest)', () => {
  test.each(['a', 'a-a', 'a--a', 'a-a.a-a', 'a--a.a--a', 'a.a.a', 'a1a.a1.a1'])('%s is valid', (id) => {
    expect(problemsOf(jobSpec({ id }))).toEqual([]);
  });
  test.each(['a-', 'a.', 'a1.a-', 'a1.a1.', '-a', '.a', '-a1.a', 'a1-.a', '.a1.a1', 'a?.a', 'a.a?', ''])(
    '%s is not',
    (id) => expect(problemsOf(jobSpec({ id }))).toHaveLength(1),
  );
  test('end where Mesos could no longer name a folder', () => {
    expect(problemsOf(jobSpec({ id: 'a'.repeat(190) }))).toEqual([]);
    expect(problemsOf(jobSpec({ id: 'a'.repeat(191) }))[0]).toContain('exceeds maximum length of 190');
  });
});

test('what no command line and no JSON can hold is no text', () => {
  const env = { A: { value: 'half of a pair: \ud800' }, 'B\u0000': { value: 'b' } };
  expect(problemsOf(jobSpec({ labels: { team: 'ünïcödé 🎉' } }))).toEqual([]);
  expect(ofRun({ cmd: 'a\u0000b', args: ['fine', '\u0000'], env })).toEqual([
    'run.cmd: is not text',
    'run.args.1: is not text',
    'run.env.A.value: is not text',
    'run.env: has a name that is not text',
  ]);
  expect(ofSchedule({ timezone: 'UTC\u0000' })).toContain('schedules.0.timezone: is not text');
});

describe('something to run (JobRunSpecValidatorTest)', () => {
  const nothing = withoutCmd(runSpec());
  test('UCR, command or Docker jobs are valid', () => {
    expect(ofRun({})).toEqual([]);
    const docker = { image: 'image', forcePullImage: false, privileged: false, parameters: [] };
    expect(problemsOf(jobSpec({ run: { ...nothing, docker } }))).toEqual([]);
    const ucr = { image: { id: 'image', kind: 'docker', forcePull: false }, privileged: false };
    expect(problemsOf(jobSpec({ run: { ...nothing, ucr } }))).toEqual([]);
    expect(problemsOf(jobSpec({ run: { ...nothing, docker, ucr } }))).toEqual([
      'run: Either Docker or UCR should be provided, but not both',
    ]);
  });
  test('a run without cmd, docker and ucr is not', () => {
    expect(problemsOf(jobSpec({ run: nothing }))).toEqual([
      'run: Cmd, Docker or UCR image must be specified',
    ]);
    expect(problemsOf(jobSpec({ run: { ...nothing, args: ['a'] } }))).toHaveLength(1);
  });
  test('GPUs are not supported with Docker', () => {
    const docker = { image: 'image', forcePullImage: false, privileged: false, parameters: [] };
    expect(ofRun({ docker, gpus: 1 })).toEqual(['run.gpus: GPUs are not supported with Docker']);
    expect(ofRun({ gpus: 1 })).toEqual([]);
  });
});

describe('secrets (JobRunSpecValidatorTest)', () => {
  test('undefined file based secret is invalid', () => {
    expect(ofRun({ volumes: [{ containerPath: 'path', secret: 'a' }] })).toEqual([
      'run: The following secrets are referenced, but undefined: a. Please add them to the secrets field.',
    ]);
  });
  test('undefined env var secret is invalid', () => {
    expect(ofRun({ env: { VAR: { secret: 'a' } } })[0]).toContain('referenced, but undefined: a.');
  });
  test('unused secrets is invalid', () => {
    expect(ofRun({ secrets: { b: { source: 's' } } })).toEqual([
      'run: The following secrets are defined, but not referenced: b. Please remove them from the secrets field.',
    ]);
  });
  test('used secrets are valid', () => {
    const secrets = { one: { source: 's' }, two: { source: 't' } };
    const volumes = [{ containerPath: 'path', secret: 'one' }];
    expect(ofRun({ secrets, volumes, env: { VAR: { secret: 'two' } } })).toEqual([]);
  });
  test('file based secrets are only supported by UCR', () => {
    const docker = { image: 'image', forcePullImage: false, privileged: false, parameters: [] };
    const volumes = [{ containerPath: 'path', secret: 'one' }];
    expect(ofRun({ docker, volumes, secrets: { one: { source: 's' } } })).toEqual([
      'run.volumes: File based secrets are only supported by UCR',
    ]);
  });
});

describe('networks (JobRunSpecValidatorTest, NetworkValidationTest)', () => {
  const ucr = { image: { id: 'image', kind: 'docker', forcePull: false }, privileged: false };
  const docker = { image: 'image', forcePullImage: false, privileged: false, parameters: [] };
  const host = { mode: 'host', labels: {} };
  const bridge = { mode: 'container/bridge', labels: {} };
  const container = (name = 'net') => ({ mode: 'container', name, labels: {} });

  test('multiple network modes are prevented', () => {
    expect(ofRun({ ucr, networks: [host, container()] })).toEqual([
      'run.networks: You may not mix host, container, or container/bridge networking. Only define one kind of network.',
      'run.networks: Only one host or container/bridge network modes are allowed',
    ]);
  });
  test('command tasks may only use host', () => {
    expect(ofRun({ networks: [host] })).toEqual([]);
    const only = ['run.networks: Only containers may join container or bridge networks'];
    expect(ofRun({ networks: [container()] })).toEqual(only);
    expect(ofRun({ networks: [bridge] })).toEqual(only);
  });
  test('docker may use one of each mode, but not several container networks', () => {
    for (const network of [host, bridge, container()])
      expect(ofRun({ docker, networks: [network] })).toEqual([]);
    expect(ofRun({ docker, networks: [container('a'), container('b')] })).toEqual([
      'run.networks: Docker does not allow specification of multiple networks',
    ]);
    expect(ofRun({ docker, networks: [container('a'), bridge] })).toHaveLength(2);
  });
  test('UCR may use several container networks, with unique names', () => {
    for (const network of [host, bridge, container()])
      expect(ofRun({ ucr, networks: [network] })).toEqual([]);
    expect(ofRun({ ucr, networks: [container('a'), container('b')] })).toEqual([]);
    expect(ofRun({ ucr, networks: [container('a'), container('a')] })).toEqual([
      'run.networks: network names must be unique',
    ]);
  });
  test('each mode has its own rules about name and labels', () => {
    expect(ofRun({ networks: [{ ...host, name: 'n', labels: { k: 'v' } }] })).toEqual([
      'run.networks.0.name: must be empty for host network',
      'run.networks.0.labels: must be empty for host network',
    ]);
    expect(ofRun({ ucr, networks: [{ ...bridge, name: 'n' }] })).toEqual([
      'run.networks.0.name: must be empty for container/bridge networks',
    ]);
    expect(ofRun({ ucr, networks: [{ ...bridge, labels: { k: 'v' } }] })).toEqual([]);
    for (const network of [{ mode: 'container', labels: {} }, container('')]) {
      expect(ofRun({ ucr, networks: [network] })).toEqual([
        'run.networks.0.name: must not be empty for container networks',
      ]);
    }
  });
});

describe('policies of a run', () => {
  const retry = { limit: 3, delaySeconds: 10, backoffFactor: 2, jitter: 0.1, on: [] };
  const parameter = { name: 'DAY', type: 'integer', choices: [] } as const;
  test.each<[string, Partial<RunSpec>]>([
    ['run.retry.limit', { retry: { ...retry, limit: -1 } }],
    ['run.retry.backoffFactor', { retry: { ...retry, backoffFactor: 0.5 } }],
    ['run.retry.maxDelaySeconds', { retry: { ...retry, maxDelaySeconds: 1 } }],
    ['run.retry.jitter', { retry: { ...retry, jitter: 2 } }],
    ['run.retry.on', { retry: { ...retry, on: ['succeeded'] } }],
    ['run.timeoutSeconds', { timeoutSeconds: 0 }],
    ['run.ports', { ports: -1 }],
    ['run.parameters.0.name', { parameters: [{ ...parameter, name: 'a-b' }] }],
    ['run.parameters.1.name', { parameters: [parameter, parameter] }],
    ['run.parameters.0.default', { parameters: [{ ...parameter, default: 'x' }] }],
    ['run.parameters.0.choices', { parameters: [{ ...parameter, choices: ['1', 'two'] }] }],
    ['run.parameters.0.default', { parameters: [{ ...parameter, choices: ['1'], default: '2' }] }],
    ['run.limits.cpus', { limits: { cpus: 0.01 } }],
    ['run.healthCheck.cmd', { healthCheck: { cmd: '' } }],
  ])('%s is judged', (path, changes) => {
    expect(problemsOf(jobSpec({ run: runSpec(changes) })).map((said) => said.split(':')[0])).toEqual([path]);
  });
  test('a grace is no longer than Mesos can count', () => {
    expect(ofRun({ taskKillGracePeriodSeconds: 2_147_483_647 })).toEqual([]);
    expect(ofRun({ taskKillGracePeriodSeconds: 1e10 })).toEqual([
      'run.taskKillGracePeriodSeconds: got 10000000000, expected 0 to 2147483647',
    ]);
  });
  test('a job that is not started by hand has a default for every parameter', () => {
    const run = runSpec({ parameters: [parameter] });
    expect(problemsOf(jobSpec({ run }))).toEqual([]);
    expect(problemsOf(jobSpec({ run, schedules: [schedule()] }))).toHaveLength(1);
  });
});

describe('schedules', () => {
  test('a valid one is stored with its cron text in normal form', () => {
    const spec = validJob(jobSpec({ schedules: [schedule({ cron: ' */1  * * *  MON ' })] }));
    expect(spec.schedules[0]?.cron).toMatch(/^\* \* \* \* \S+$/);
  });
  test('start deadlines are at least a minute', () => {
    expect(ofSchedule({ startingDeadlineSeconds: 59 })).toEqual([
      'schedules.0.startingDeadline: got 59 seconds, expected 1 minute or more',
    ]);
  });
  test('a rule is judged also where its zone is unknown', () => {
    expect(ofSchedule({ timezone: 'Mars/Olympus', cron: '61 * * * *' })).toEqual([
      'schedules.0.timezone: No time zone found with this id: "Mars/Olympus"',
      'schedules.0.cron: Can not read cron expression "61 * * * *"',
      "schedules.0.cron: minute: '61' is not valid (values are from 0 to 59)",
    ]);
  });
  test('zones must exist', () => {
    expect(ofSchedule({ timezone: 'Mars/Olympus' })).toEqual([
      'schedules.0.timezone: No time zone found with this id: "Mars/Olympus"',
    ]);
  });
  test.each(['wrong cron', '0 0 31 2 *', '0 0 30-31 2 *', '@sometimes', '* * * *'])(
    'cron %s is refused',
    (cron) => {
      expect(ofSchedule({ cron })[0]).toBe(`schedules.0.cron: Can not read cron expression "${cron}"`);
    },
  );
  test('there may be several, with ids of their own', () => {
    expect(problemsOf(jobSpec({ schedules: [schedule(), schedule({ id: 'weekly' })] }))).toEqual([]);
    expect(problemsOf(jobSpec({ schedules: [schedule(), schedule()] }))).toEqual([
      'schedules.1.id: A schedule with id nightly already exists',
    ]);
  });
  test('of every kind are stored in normal form', () => {
    const kinds = [
      { cron: '@daily' },
      { cron: '', interval: 'R/2026-01-01T00:00:00Z/PT1H' },
      { cron: '', rrule: 'DTSTART:20260101T000000\nRRULE:FREQ=DAILY' },
      { cron: '', at: 1_800_000_000_000 },
    ].map((kind, index) => schedule({ id: `s${index}`, ...kind }));
    const { schedules } = validJob(jobSpec({ schedules: kinds }));
    expect(
      schedules.map(({ cron, interval, rrule, at }) => Boolean(cron || interval || rrule || at)),
    ).toEqual([true, true, true, true]);
    expect(validJob(jobSpec({ schedules })).schedules).toEqual(schedules);
  });
  test.each<[Partial<Schedule>, string]>([
    [{ cron: '', interval: 'R/x/y' }, 'schedules.0.interval'],
    [{ cron: '', rrule: 'FREQ=DAILY' }, 'schedules.0.rrule'],
    [{ cron: '', at: Number.NaN }, 'schedules.0.at'],
    [{ at: 1 }, 'schedules.0.at'],
    [{ queueLimit: 5 }, 'schedules.0.queueLimit'],
    [{ concurrencyPolicy: 'QUEUE', queueLimit: 0 }, 'schedules.0.queueLimit'],
    [{ catchUp: { policy: 'LAST', limit: 2 } }, 'schedules.0.catchUp.limit'],
    [{ from: 2, until: 2 }, 'schedules.0.until'],
    [{ maxRuns: 0 }, 'schedules.0.maxRuns'],
    [{ jitterSeconds: -1 }, 'schedules.0.jitterSeconds'],
  ])('%j is refused at %s', (changes, path) => {
    expect(ofSchedule(changes).map((said) => said.split(':')[0])).toContain(path);
  });
  test('and dependencies do not go together', () => {
    expect(problemsOf(jobSpec({ dependencies: [{ id: 'a' }], schedules: [schedule()] }))).toEqual([
      ': Jobs may not have both dependencies and schedules specified',
    ]);
  });
  test('all problems are reported together', () => {
    const run = runSpec({ secrets: { b: { source: 's' } } });
    expect(problemsOf(jobSpec({ id: 'A', run, schedules: [schedule({ timezone: 'x' })] }))).toHaveLength(3);
  });
});

test('a job of many parts is read a few times, however many they are', () => {
  const many = 500;
  let reads = 0;
  const counted = <T extends object>(part: T, name: keyof T): T => {
    const value = part[name];
    return Object.defineProperty({ ...part }, name, {
      enumerable: true,
      get: () => (reads++, value),
    });
  };
  const parts = <T extends object>(make: (n: number) => T, name: keyof T) =>
    Array.from({ length: many }, (_, n) => counted(make(n), name));
  const run = runSpec({
    volumes: parts((n) => ({ containerPath: `v${n}`, persistent: { size: 1 } }), 'containerPath'),
    parameters: parts((n) => ({ name: `P${n}`, type: 'string', default: '', choices: [] }), 'name'),
  });
  const spec = jobSpec({ run, schedules: parts((n) => schedule({ id: `s${n}` }), 'id') });
  resizedVolumes(validJob(spec), spec);
  expect(reads).toBeLessThan(3 * many * 20);
});
