import type { JobSpec } from '@carillon/contracts';
import { describe, expect, it } from 'vitest';
import { commandExecutorPath, whyUnlaunchable } from './launch-path.js';

const spec = (run: Partial<JobSpec['run']> = {}): JobSpec => ({
  id: 'group.sub.name',
  dependencies: [],
  labels: { 'my-label': 'x' },
  schedules: [],
  run: {
    cpus: 0.5,
    mem: 32,
    disk: 0,
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
    ...run,
  },
});
const info = (run: Partial<JobSpec['run']>) =>
  commandExecutorPath.taskInfo({
    spec: spec(run),
    runId: 'r1',
    attempt: 1,
    taskId: 't1',
    agentId: 'a1',
    hostname: 'h1',
    resources: [],
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

  it('has no container for a plain command', () => expect(info({ cmd: 'true' }).container).toBeUndefined());
});

it('refuses secrets as long as there is no store for them', () => {
  expect(whyUnlaunchable(spec({ cmd: 'x', env: { A: { secret: 's2' } } }))).toContain('s2');
  expect(whyUnlaunchable(spec({ cmd: 'x', volumes: [{ containerPath: 'p', secret: 's1' }] }))).toContain(
    's1',
  );
  expect(whyUnlaunchable(spec({ cmd: 'x' }))).toBeUndefined();
});
