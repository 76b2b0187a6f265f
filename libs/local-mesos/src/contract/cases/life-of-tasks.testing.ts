import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { task, uniqueTaskId } from '../test-framework.testing.js';

async function ends(context: ContractContext, cmd: string, state: string): Promise<string | undefined> {
  const framework = await context.framework();
  const id = uniqueTaskId('ends');
  await framework.launch(task({ id, cmd }));
  return (await framework.status(id, state)).message;
}

export const lifeOfTasks: readonly ContractCase[] = [
  {
    name: 'a command that succeeds: STARTING, RUNNING, FINISHED, from the executor, each to be acknowledged',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('ok');
      const offer = await framework.launch(task({ id, cmd: 'echo hello; exit 0' }));
      await framework.status(id, 'TASK_FINISHED');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
      for (const status of framework.statuses(id)) {
        expect(status).toMatchObject({
          source: 'SOURCE_EXECUTOR',
          agentId: offer.agentId,
          executorId: { value: id },
        });
        expect(status.uuid).toHaveLength(16);
        expect(status.containerStatus?.containerId?.value).toMatch(/^[0-9a-f-]{36}$/);
      }
      expect(framework.statuses(id)[2]?.message).toBe('Command exited with status 0');
    },
  },
  {
    name: 'a command that fails: TASK_FAILED with its status',
    run: async (context) =>
      expect(await ends(context, 'exit 3', 'TASK_FAILED')).toBe('Command exited with status 3'),
  },
  {
    name: 'a command that a signal ends: TASK_FAILED with the signal',
    run: async (context) => {
      expect(await ends(context, 'kill -9 $$', 'TASK_FAILED')).toBe('Command terminated with signal Killed');
    },
  },
  {
    name: 'a command that is not found: status 127 of the shell',
    run: async (context) => {
      expect(await ends(context, 'no-such-command-here', 'TASK_FAILED')).toBe(
        'Command exited with status 127',
      );
    },
  },
  {
    name: 'the environment, multi-line values too, and the sandbox as working directory',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('env');
      const cmd =
        'test "$GREETING" = "good\nmorning" && test "$(pwd -P)" = "$(cd "$MESOS_SANDBOX" && pwd -P)"';
      const environment = { variables: [{ name: 'GREETING', value: 'good\nmorning' }] };
      await framework.launch(task({ id, info: { command: { value: cmd, environment } } }));
      await framework.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'without a shell: value is executed with arguments as its argv',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('argv');
      const command = {
        shell: false,
        value: '/bin/sh',
        arguments: ['sh', '-c', 'exit $(( $# + 40 ))', 'a', 'b c', ''],
      };
      await framework.launch(task({ id, info: { command } }));
      expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 42');
    },
  },
  {
    name: 'tasks of one ACCEPT are independent',
    run: async (context) => {
      const framework = await context.framework();
      const [a, b, c] = [uniqueTaskId('a'), uniqueTaskId('b'), uniqueTaskId('c')];
      await framework.launch(task({ id: a, cmd: 'exit 1' }), task({ id: b, cpus: 9999 }), task({ id: c }));
      await framework.status(a, 'TASK_FAILED');
      await framework.status(b, 'TASK_ERROR');
      await framework.status(c, 'TASK_FINISHED');
    },
  },
  {
    name: 'max_completion_time: TASK_FAILED with its reason',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('max');
      await framework.launch(
        task({ id, cmd: 'sleep 60', info: { maxCompletionTime: { nanoseconds: 2e8 } } }),
      );
      const status = await framework.status(id, 'TASK_FAILED');
      expect(status.reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
    },
  },
  {
    name: 'max_completion_time of one that ignores SIGTERM: SIGKILL at once, whatever its kill policy',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('max');
      const killPolicy = { gracePeriod: { nanoseconds: 600e9 } };
      const info = { maxCompletionTime: { nanoseconds: 5e8 }, killPolicy };
      await framework.launch(task({ id, cmd: `trap '' TERM; while :; do sleep 0.1; done`, info }));
      const failed = await framework.status(id, 'TASK_FAILED');
      expect(failed.reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
      expect(failed.message).toMatch(/^Command terminated with signal /);
    },
  },
  {
    name: 'a docker task on an agent without Docker: TASK_FAILED from the agent',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('docker');
      const container = { type: 'DOCKER' as const, docker: { image: 'busybox' } };
      await framework.launch(task({ id, info: { container } }));
      const failed = await framework.status(id, 'TASK_FAILED');
      expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_EXECUTOR_TERMINATED' });
      expect(failed.message).toMatch(/^Abnormal executor termination: /);
      expect(framework.states(id)).toEqual(['TASK_FAILED']);
    },
  },
  {
    name: 'a docker image or a volume for the Mesos containerizer without an image store: TASK_FAILED from the agent',
    run: async (context) => {
      const framework = await context.framework();
      const [image, volume] = [uniqueTaskId('image'), uniqueTaskId('volume')];
      const mesos = { image: { type: 'DOCKER' as const, docker: { name: 'busybox' } } };
      const volumes = [{ mode: 'RW' as const, containerPath: '/x', hostPath: '/tmp' }];
      await framework.launch(
        task({ id: image, info: { container: { type: 'MESOS', mesos } } }),
        task({ id: volume, info: { container: { type: 'MESOS', volumes } } }),
      );
      for (const id of [image, volume]) {
        const failed = await framework.status(id, 'TASK_FAILED');
        expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
        expect(failed.message).toMatch(/^Failed to launch container: /);
        expect(failed.uuid).toHaveLength(16);
      }
    },
  },
  {
    name: 'Linux capabilities and seccomp, of an agent without their isolators: it runs, and they are not looked at',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('linux');
      const effectiveCapabilities = { capabilities: ['SYS_ADMIN', 'NET_RAW'] as const };
      const linuxInfo = { effectiveCapabilities, seccomp: { unconfined: true } };
      await framework.launch(task({ id, info: { container: { type: 'MESOS', linuxInfo } } }));
      await framework.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'a URI that is fetched, made executable, and named',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('uri');
      const source = join(tmpdir(), id);
      writeFileSync(source, '#!/bin/sh\nexit 6\n');
      const uris = [{ value: `file://${source}`, executable: true, extract: false }];
      await framework.launch(task({ id, info: { command: { value: `./${id}`, uris } } }));
      expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 6');
      rmSync(source);
    },
  },
  {
    name: 'a URI that cannot be fetched: TASK_FAILED from the agent, and nothing before',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('nouri');
      await framework.launch(
        task({ id, info: { command: { value: 'true', uris: [{ value: 'file:///no/such' }] } } }),
      );
      const failed = await framework.status(id, 'TASK_FAILED');
      expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
      expect(failed.message).toMatch(/^Failed to launch container: Failed to fetch all URIs for container '/);
      expect(framework.states(id)).toEqual(['TASK_FAILED']);
    },
  },
];
