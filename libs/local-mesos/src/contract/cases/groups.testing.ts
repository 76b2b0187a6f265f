import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorInfo, Offer, TaskInfo } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

function scalars(amounts: Readonly<Record<string, number>>): NonNullable<ExecutorInfo['resources']> {
  return Object.entries(amounts).map(([name, value]) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    allocationInfo: { role: '*' },
  }));
}

function executor(framework: TestFramework, change: Partial<ExecutorInfo> = {}): ExecutorInfo {
  return {
    type: 'DEFAULT',
    executorId: { value: uniqueTaskId('executor') },
    frameworkId: { value: framework.id },
    resources: scalars({ cpus: 0.1, mem: 32, disk: 32 }),
    ...change,
  };
}

async function launchGroup(
  framework: TestFramework,
  executorInfo: ExecutorInfo,
  tasks: readonly ((offer: Offer) => TaskInfo)[],
): Promise<Offer> {
  const offer = await framework.offer();
  const taskGroup = { tasks: tasks.map((make) => make(offer)) };
  const operations = [{ type: 'LAUNCH_GROUP' as const, launchGroup: { executor: executorInfo, taskGroup } }];
  const filters = { refuseSeconds: 0 };
  await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations, filters } });
  return offer;
}

interface BadGroup {
  readonly name: string;
  readonly executor?: (framework: TestFramework) => ExecutorInfo;
  /** Of the second of two tasks. */
  readonly second?: Partial<TaskInfo> & { readonly id?: string; readonly cpus?: number };
  readonly says: string | RegExp;
}

const invalid: readonly BadGroup[] = [
  {
    name: 'one id is invalid',
    second: { id: 'a/b' },
    says: "Task 'a/b' is invalid: 'a/b' contains invalid characters",
  },
  {
    name: 'together more than the offer has',
    second: { cpus: 99 },
    says: /^Total resources .*cpus\(allocated: \*\):99.2.* required by task group and its executor are more than available ports/,
  },
  {
    name: 'a docker container',
    second: { id: 'in-docker', container: { type: 'DOCKER', docker: { image: 'x' } } },
    says: "Task 'in-docker' is invalid: Docker ContainerInfo is not supported on the task",
  },
  {
    name: 'an executor without a framework id',
    executor: (framework) => {
      const { type, executorId, resources } = executor(framework);
      return { type, executorId, resources } as ExecutorInfo;
    },
    says: "'ExecutorInfo.framework_id' must be set",
  },
  {
    name: 'a default executor with a command',
    executor: (framework) => executor(framework, { command: { value: 'x' } }),
    says: "'ExecutorInfo.command' must not be set for 'DEFAULT' executor",
  },
  {
    name: 'a custom executor without a command',
    executor: (framework) => executor(framework, { type: 'CUSTOM' }),
    says: "'ExecutorInfo.command' must be set for 'CUSTOM' executor",
  },
  {
    name: 'an executor without resources',
    executor: (framework) => executor(framework, { executorId: { value: 'bare' }, resources: [] }),
    says: "Executor 'bare' uses less CPUs (None) than the minimum required (0.01)",
  },
];

export const groups: readonly ContractCase[] = [
  ...invalid.map(({ name, executor: make = executor, second = {}, says }) => ({
    name: `a group with ${name}: TASK_ERROR for all of it`,
    run: async (context: ContractContext) => {
      const framework = await context.framework();
      const { id = uniqueTaskId('second'), cpus = 0.1, ...info } = second;
      const first = uniqueTaskId('first');
      await launchGroup(framework, make(framework), [task({ id: first }), task({ id, cpus, info })]);
      for (const taskId of [first, id]) {
        const refused = await framework.status(taskId, 'TASK_ERROR');
        expect(refused).toMatchObject({ source: 'SOURCE_MASTER', reason: 'REASON_TASK_GROUP_INVALID' });
        if (typeof says === 'string') expect(refused.message).toBe(says);
        else expect(refused.message).toMatch(says);
      }
    },
  })),
  {
    name: 'a group on an offer that is gone: TASK_DROPPED',
    run: async (context) => {
      const framework = await context.framework();
      const offer = await framework.offer();
      await framework.decline(0, offer);
      const id = uniqueTaskId('stale');
      const taskGroup = { tasks: [task({ id })(offer)] };
      const launchGroupOf = { executor: executor(framework), taskGroup };
      const operations = [{ type: 'LAUNCH_GROUP' as const, launchGroup: launchGroupOf }];
      await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations } });
      expect((await framework.status(id, 'TASK_DROPPED')).message).toBe(
        `Task launched with invalid offers: Offer ${offer.id.value} is no longer valid`,
      );
    },
  },
  {
    name: 'an id twice in a group: TASK_ERROR',
    notOnRig: 'its master dies of it (a failed CHECK in master.cpp)',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('same');
      await launchGroup(framework, executor(framework), [task({ id }), task({ id })]);
      expect((await framework.status(id, 'TASK_ERROR')).message).toBe(
        `Task '${id}' is invalid: Task has duplicate ID: ${id}`,
      );
    },
  },
  {
    name: 'a group: each task runs, with the executor of the group',
    run: async (context) => {
      const framework = await context.framework();
      const [a, b] = [uniqueTaskId('a'), uniqueTaskId('b')];
      const info = executor(framework);
      await launchGroup(framework, info, [task({ id: a }), task({ id: b, cmd: 'sleep 0.2' })]);
      for (const id of [a, b]) {
        const { executorId } = await framework.status(id, 'TASK_FINISHED');
        expect(executorId).toEqual(info.executorId);
        expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
      }
      // Containers of their own in that of the executor.
      const containers = [a, b].map((id) => framework.statuses(id)[0]?.containerStatus?.containerId);
      expect(containers[0]?.value).not.toBe(containers[1]?.value);
      expect(containers[0]?.parent?.value).toMatch(/^[0-9a-f-]{36}$/);
      expect(containers[0]?.parent).toEqual(containers[1]?.parent);
    },
  },
  {
    name: 'a group that has ended: its executor ends, told as FAILURE with its status',
    run: async (context) => {
      const framework = await context.framework();
      const info = executor(framework);
      const id = uniqueTaskId('last');
      const { agentId } = await launchGroup(framework, info, [task({ id, cmd: 'exit 3' })]);
      const failure = await framework.until('FAILURE', () =>
        framework.events.find(({ type }) => type === 'FAILURE'),
      );
      expect(failure).toMatchObject({ failure: { agentId, executorId: info.executorId, status: 0 } });
      await framework.status(id, 'TASK_FAILED');
    },
  },
  {
    name: 'a group of which one fails: the others are killed',
    run: async (context) => {
      const framework = await context.framework();
      const [bad, good] = [uniqueTaskId('bad'), uniqueTaskId('good')];
      const tasks = [task({ id: good, cmd: 'sleep 60' }), task({ id: bad, cmd: 'sleep 0.2; exit 3' })];
      await launchGroup(framework, executor(framework), tasks);
      await framework.status(bad, 'TASK_FAILED');
      await framework.status(good, 'TASK_KILLED');
      expect(framework.states(good).at(-2)).toBe('TASK_KILLING');
    },
  },
  {
    name: 'a group of which one is killed: the others are killed too, and all is free again',
    run: async (context) => {
      const framework = await context.framework();
      const [one, other] = [uniqueTaskId('one'), uniqueTaskId('other')];
      const tasks = [one, other].map((id) => task({ id, cmd: 'sleep 60', cpus: 1 }));
      await launchGroup(framework, executor(framework), tasks);
      await framework.status(one, 'TASK_RUNNING');
      await framework.status(other, 'TASK_RUNNING');
      await framework.call({ type: 'KILL', kill: { taskId: { value: one } } });
      await framework.status(one, 'TASK_KILLED');
      await framework.status(other, 'TASK_KILLED');
      await framework.offer({ cpus: 3, mem: 3000 });
    },
  },
  {
    name: 'a group of which one reaches its max_completion_time: TASK_FAILED with its reason, the others are killed',
    run: async (context) => {
      const framework = await context.framework();
      const [late, other] = [uniqueTaskId('late'), uniqueTaskId('other')];
      const info = { maxCompletionTime: { nanoseconds: 3e8 } };
      const tasks = [task({ id: late, cmd: 'sleep 60', info }), task({ id: other, cmd: 'sleep 60' })];
      await launchGroup(framework, executor(framework), tasks);
      const { reason } = await framework.status(late, 'TASK_FAILED');
      expect(reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
      expect(framework.states(late)).not.toContain('TASK_KILLING');
      expect((await framework.status(other, 'TASK_KILLED')).reason).toBeUndefined();
    },
  },
  {
    name: 'a second KILL of a task of a group is not heeded',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('once');
      const ready = join(tmpdir(), id);
      const cmd = `trap '' TERM; touch ${ready}; while :; do sleep 0.1; done`;
      await launchGroup(framework, executor(framework), [task({ id, cmd })]);
      await framework.status(id, 'TASK_RUNNING');
      await framework.until('the trap', () => (existsSync(ready) ? true : undefined));
      rmSync(ready);
      const before = performance.now();
      await framework.kill(id, 1);
      await framework.status(id, 'TASK_KILLING');
      await framework.kill(id, 0.1);
      const killed = await framework.status(id, 'TASK_KILLED');
      expect(killed.message).toBe('Command terminated with signal Killed');
      expect(performance.now() - before).toBeGreaterThan(990);
    },
  },
];
