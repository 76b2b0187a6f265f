import { readFileSync } from 'node:fs';
import type { JobSpec } from '@carillon/contracts';
import type { Resource } from '@carillon/mesos';
import { describe, expect, it } from 'vitest';
import { runSpec } from '../run-spec.fixtures.js';
import { commandExecutorPath, whyUnlaunchable } from './launch-path.js';

const spec = (run: Partial<JobSpec['run']> = {}): JobSpec => ({
  id: 'group.sub.name',
  dependencies: [],
  labels: { 'my-label': 'x' },
  schedules: [],
  run: runSpec({ cpus: 0.5, ...run }),
});
const info = (run: Partial<JobSpec['run']>, resources: Resource[] = []) =>
  commandExecutorPath.taskInfo({
    spec: spec(run),
    runId: 'r1',
    attempt: 1,
    taskId: 't1',
    agentId: 'a1',
    hostname: 'h1',
    resources,
  });

describe('the command task of a run', () => {
  it('has a name, labels and environment as in Metronome; the job wins', () => {
    const task = info({ cmd: 'true', env: { HOST: { value: 'mine' }, A: { value: '1' } } });
    expect(task).toMatchObject({
      name: 'r1.name.sub.group',
      discovery: { name: 'r1.name.sub.group', visibility: 'FRAMEWORK' },
      labels: { labels: [{ key: 'my-label', value: 'x' }] },
      command: { shell: true, value: 'true' },
    });
    const env = Object.fromEntries(
      (task.command?.environment?.variables ?? []).map(({ name, value }) => [name, value]),
    );
    expect(env).toEqual({
      MESOS_TASK_ID: 't1',
      MARATHON_APP_ID: '/group/sub/name/r1',
      MARATHON_APP_VERSION: '1970-01-01T00:00:00.000Z',
      MARATHON_APP_RESOURCE_CPUS: '0.5',
      MARATHON_APP_RESOURCE_MEM: '32.0',
      MARATHON_APP_RESOURCE_DISK: '0.0',
      MARATHON_APP_RESOURCE_GPUS: '0',
      MARATHON_APP_LABELS: 'MY_LABEL',
      MARATHON_APP_LABEL_MY_LABEL: 'x',
      HOST: 'mine',
      A: '1',
    });
  });

  it('executes args directly', () =>
    expect(info({ args: ['/bin/echo', 'x y'] }).command).toMatchObject({
      shell: false,
      value: '/bin/echo',
      arguments: ['/bin/echo', 'x y'],
    }));

  it('has the grace period, user and artifacts', () =>
    expect(
      info({
        cmd: 'x',
        user: 'me',
        taskKillGracePeriodSeconds: 1.5,
        artifacts: [{ uri: 'http://a/b', extract: true, executable: false, cache: true }],
      }),
    ).toMatchObject({
      killPolicy: { gracePeriod: { nanoseconds: 1_500_000_000 } },
      command: { user: 'me', uris: [{ value: 'http://a/b', extract: true, executable: false, cache: true }] },
    }));

  it('runs docker images', () =>
    expect(
      info({
        docker: { image: 'busybox', forcePullImage: true, privileged: false, parameters: [] },
        volumes: [{ containerPath: '/c', hostPath: '/h', mode: 'RO' }],
      }).container,
    ).toMatchObject({
      type: 'DOCKER',
      docker: {
        image: 'busybox',
        forcePullImage: true,
        network: 'HOST',
        parameters: [{ key: 'label', value: 'MESOS_TASK_ID=t1' }],
      },
      volumes: [{ containerPath: '/c', hostPath: '/h', mode: 'RO' }],
    }));

  it('runs images in the universal container runtime', () =>
    expect(
      info({ ucr: { image: { id: 'busybox', kind: 'docker', forcePull: true }, privileged: false } })
        .container,
    ).toMatchObject({
      type: 'MESOS',
      mesos: { image: { type: 'DOCKER', docker: { name: 'busybox' }, cached: false } },
    }));

  const docker = { image: 'busybox', forcePullImage: false, privileged: true, parameters: [] };
  const ucr = { image: { id: 'busybox', kind: 'docker', forcePull: false }, privileged: false };
  const ports: Resource[] = [
    { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 31_001 }] } },
  ];
  const variables = (task: ReturnType<typeof info>) => task.command?.environment?.variables ?? [];

  it('is privileged in Docker where the job says so', () =>
    expect(info({ docker }).container?.docker?.privileged).toBe(true));

  it('is privileged in the universal container runtime: all capabilities that Mesos knows, no seccomp', () => {
    const { linuxInfo } = info({ ucr: { ...ucr, privileged: true } }).container ?? {};
    const granted = linuxInfo?.effectiveCapabilities?.capabilities ?? [];
    expect([...granted].sort()).toEqual(capabilitiesOfMesos());
    expect(linuxInfo?.boundingCapabilities?.capabilities).toEqual(granted);
    expect(linuxInfo?.seccomp).toEqual({ unconfined: true });
    expect(info({ ucr }).container).not.toHaveProperty('linuxInfo');
  });

  it('has its image cached unless it is to be pulled', () =>
    expect(info({ ucr }).container?.mesos?.image?.cached).toBe(true));

  it('mounts host paths into images only, as Metronome does', () => {
    const volumes = [{ containerPath: '/c', hostPath: '/h', mode: 'RW' }];
    expect(info({ ucr, volumes }).container?.volumes).toEqual([
      { containerPath: '/c', hostPath: '/h', mode: 'RW' },
    ]);
    expect(info({ cmd: 'x', volumes }).container).toBeUndefined();
  });

  it('mounts external volumes, with and without an image', () => {
    const external = { name: 'data', driver: 'rexray', options: { size: '10' } };
    const volume = {
      containerPath: '/d',
      mode: 'RW',
      source: {
        type: 'DOCKER_VOLUME',
        dockerVolume: {
          ...{ driver: 'rexray', name: 'data' },
          driverOptions: { parameter: [{ key: 'size', value: '10' }] },
        },
      },
    };
    const volumes = [{ containerPath: '/d', external }];
    expect(info({ docker, volumes }).container?.volumes).toEqual([volume]);
    expect(info({ cmd: 'x', volumes }).container).toMatchObject({ type: 'MESOS', volumes: [volume] });
  });

  it('refers to secrets, in the environment and as files; a value is never there', () => {
    const secrets = { db: { source: '/path/db' } };
    const task = info({
      ...{ cmd: 'x', secrets, env: { HOST: { secret: 'db' } } },
      volumes: [{ containerPath: 'file', secret: 'db' }],
    });
    const secret = { type: 'REFERENCE', reference: { name: '/path/db' } };
    expect(variables(task).filter(({ name }) => name === 'HOST')).toEqual([
      { name: 'HOST', type: 'SECRET', secret },
    ]);
    expect(task.container?.volumes).toEqual([
      { containerPath: 'file', mode: 'RO', source: { type: 'SECRET', secret } },
    ]);
  });

  it.each([
    ['host', 'HOST'],
    ['container/bridge', 'BRIDGE'],
    ['container', 'USER'],
  ] as const)('joins Docker networks: %s', (mode, network) => {
    const name = mode === 'container' ? { name: 'overlay' } : {};
    const { container } = info({ docker, networks: [{ mode, ...name, labels: { a: 'b' } }] }, ports);
    expect(container?.docker?.network).toBe(network);
    expect(container?.docker?.portMappings?.map(({ hostPort }) => hostPort)).toEqual(
      mode === 'host' ? undefined : [31_000, 31_001],
    );
    expect(container?.networkInfos).toEqual(
      mode === 'container' ? [{ name: 'overlay', labels: { labels: [{ key: 'a', value: 'b' }] } }] : [],
    );
  });

  it.each([
    [{ mode: 'host', labels: {} }, undefined],
    [{ mode: 'container/bridge', labels: {} }, 'mesos-bridge'],
    [{ mode: 'container', name: 'overlay', labels: {} }, 'overlay'],
  ])('joins the networks of Mesos: %o', (network, name) => {
    for (const of of [
      info({ ucr, networks: [network] }, ports),
      info({ cmd: 'x', networks: [network] }, ports),
    ]) {
      expect(of.container?.networkInfos?.[0]?.name).toBe(name);
      expect(of.container?.networkInfos?.[0]?.portMappings?.length).toBe(name === undefined ? undefined : 2);
    }
  });

  it('tells its ports, to the task and to who discovers it', () => {
    const task = info({ cmd: 'x' }, ports);
    expect(task.discovery?.ports?.ports).toEqual([{ number: 31_000 }, { number: 31_001 }]);
    expect(variables(task)).toEqual(
      expect.arrayContaining([
        { name: 'PORT', type: 'VALUE', value: '31000' },
        { name: 'PORT1', type: 'VALUE', value: '31001' },
        { name: 'PORTS', type: 'VALUE', value: '31000,31001' },
      ]),
    );
    expect(variables(info({ cmd: 'x' })).filter(({ name }) => name.startsWith('PORT'))).toEqual([]);
  });

  it('has limits and a health check', () =>
    expect(
      info({
        ...{ cmd: 'x', limits: { cpus: 2, mem: 64 } },
        healthCheck: { cmd: 'test -e ok', intervalSeconds: 5, consecutiveFailures: 2 },
      }),
    ).toMatchObject({
      limits: { cpus: { value: 2 }, mem: { value: 64 } },
      healthCheck: {
        ...{ type: 'COMMAND', command: { shell: true, value: 'test -e ok' } },
        ...{ intervalSeconds: 5, consecutiveFailures: 2 },
      },
    }));

  it('has what is left of the time of its run, and then some for the leader', () => {
    const task = commandExecutorPath.taskInfo({
      ...{ spec: spec({ cmd: 'x', taskKillGracePeriodSeconds: 5 }), runId: 'r1', attempt: 1, taskId: 't1' },
      ...{ agentId: 'a1', hostname: 'h1', resources: [], timeoutMs: 20_000 },
    });
    expect(task.maxCompletionTime?.nanoseconds).toBe(35e9);
    expect(info({ cmd: 'x' }).maxCompletionTime).toBeUndefined();
  });

  it('has the defaults of its parameters, unless the job or the run says otherwise', () => {
    const parameters = [
      { name: 'A', type: 'string' as const, default: 'a', choices: [] },
      { name: 'B', type: 'string' as const, default: 'b', choices: [] },
      { name: 'C', type: 'string' as const, choices: [] },
    ];
    const names = variables(info({ cmd: 'x', parameters, env: { B: { value: 'mine' } } }));
    expect(names).toEqual(expect.arrayContaining([{ name: 'A', type: 'VALUE', value: 'a' }]));
    expect(names).toEqual(expect.arrayContaining([{ name: 'B', type: 'VALUE', value: 'mine' }]));
    expect(names.map(({ name }) => name)).not.toContain('C');
  });

  it('has no container for a plain command', () => expect(info({ cmd: 'true' }).container).toBeUndefined());
});

it('refuses secrets where agents do not know any', () => {
  const unknown = { secretsAreKnown: false, roles: ['*'] };
  const known = { ...unknown, secretsAreKnown: true };
  const inEnv = spec({ cmd: 'x', env: { A: { secret: 's2' } } });
  expect(whyUnlaunchable(inEnv, unknown)).toContain('s2');
  expect(whyUnlaunchable(inEnv, known)).toBeUndefined();
  const inFile = spec({ cmd: 'x', volumes: [{ containerPath: 'p', secret: 's1' }] });
  expect(whyUnlaunchable(inFile, unknown)).toContain('s1');
  expect(whyUnlaunchable(spec({ cmd: 'x' }), unknown)).toBeUndefined();
});

it('refuses persistent volumes where nothing can be reserved', () => {
  const kept = spec({ cmd: 'x', volumes: [{ containerPath: 'data', persistent: { size: 64 } }] });
  const ability = { secretsAreKnown: false, roles: ['*'] };
  expect(whyUnlaunchable(kept, ability)).toBe(
    "volumesNeedRole: the volume data is persistent, and Mesos reserves nothing for *, the framework's only role (CARILLON_MESOS_ROLE)",
  );
  expect(whyUnlaunchable(kept, { ...ability, roles: ['*', 'batch'] })).toBeUndefined();
});

function capabilitiesOfMesos(): string[] {
  const proto = new URL('../../../../../libs/mesos/proto/mesos.proto', import.meta.url);
  const [, body = ''] =
    /message CapabilityInfo \{\s*enum Capability \{([^}]*)\}/.exec(readFileSync(proto, 'utf8')) ?? [];
  return [...body.matchAll(/(\w+) = 1\d+;/g)].map(([, name = '']) => name).sort();
}
