import type { Offer, Resource, TaskInfo } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { task, uniqueTaskId } from '../test-framework.testing.js';

async function refusedTask(
  context: ContractContext,
  make: (offer: Offer) => TaskInfo,
  state: string,
): Promise<{ message: string; reason: string; source: string }> {
  const framework = await context.framework();
  let id = '';
  await framework.launch((offer) => {
    const info = make(offer);
    id = info.taskId.value;
    return info;
  });
  const { message = '', reason = '', source = '', uuid } = await framework.status(id, state);
  expect(uuid).toBeUndefined();
  return { message, reason, source };
}

function scalarOf(name: string, value: number): Resource {
  return { name, type: 'SCALAR', scalar: { value } };
}

const LITTLE = [scalarOf('cpus', 0.1), scalarOf('mem', 32)];

interface BadTask {
  readonly name: string;
  readonly info: Partial<TaskInfo>;
  readonly says: string | RegExp;
}

const invalid: readonly BadTask[] = [
  {
    name: 'a negative amount',
    info: { resources: [scalarOf('cpus', -1), scalarOf('mem', 32)] },
    says: "Resource 'cpus:-1' is invalid: Invalid scalar resource: value <= 0",
  },
  {
    name: 'a scalar without a value',
    info: { resources: [{ name: 'cpus', type: 'SCALAR' }, scalarOf('mem', 32)] },
    says: "Resource 'cpus:0' is invalid: Invalid scalar resource",
  },
  {
    name: 'a range that is backwards',
    info: {
      resources: [...LITTLE, { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 6, end: 5 }] } }],
    },
    says: "Resource 'ports:[6-5]' is invalid: Invalid ranges resource: begin > end",
  },
  {
    name: 'ports that are not offered',
    info: {
      resources: [...LITTLE, { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 5, end: 6 }] } }],
    },
    says: /ports\(allocated: \*\):\[5-6\].* required by task and its executor is more than available ports/,
  },
  {
    name: 'a resource that nobody has',
    info: { resources: [...LITTLE, scalarOf('foo', 1)] },
    says: /foo\(allocated: \*\):1.* required by task and its executor is more than available ports/,
  },
  {
    name: 'resources that are reserved for another role',
    info: { resources: [{ ...scalarOf('cpus', 0.1), role: 'zzz' }, scalarOf('mem', 32)] },
    says: /^Total resources .*cpus\(allocated: \*\)\(reservations: \[\(STATIC,zzz\)\]\):0.1.* is more than available/,
  },
  {
    name: 'resources that are allocated to another role',
    info: {
      resources: LITTLE.map((resource) => ({ ...resource, allocationInfo: { role: 'zzz' } })),
    },
    says: /^Total resources cpus\(allocated: zzz\):0.1; mem\(allocated: zzz\):32 required by task .* available ports\(allocated: \*\)/,
  },
  {
    name: 'a negative grace period',
    info: { killPolicy: { gracePeriod: { nanoseconds: -1 } } },
    says: "Task's 'kill_policy.grace_period' must be non-negative",
  },
  {
    name: 'a negative max_completion_time',
    info: { maxCompletionTime: { nanoseconds: -1 } },
    says: "Task's `max_completion_time` must be non-negative",
  },
  {
    name: 'an environment variable without a value',
    info: { command: { value: 'true', environment: { variables: [{ name: 'A' }] } } },
    says: "Task's `CommandInfo` is invalid: Environment variable 'A' of type 'VALUE' must have a value set",
  },
  {
    name: 'a docker container without docker',
    info: { container: { type: 'DOCKER' } },
    says: "Task's `ContainerInfo` is invalid: DockerInfo 'docker' is not set for DOCKER typed ContainerInfo",
  },
  {
    name: 'a volume from nowhere',
    info: { container: { type: 'MESOS', volumes: [{ mode: 'RW', containerPath: 'x' }] } },
    says: "Task's `ContainerInfo` is invalid: Invalid volume: Only one of them should be set: 'host_path', 'image' and 'source'",
  },
  {
    name: 'a limit below the request',
    info: { limits: { cpus: { value: 0.01 } } },
    says: 'The cpu limit must be greater than or equal to the cpu request',
  },
  {
    name: 'a health check without its details',
    info: { healthCheck: { type: 'HTTP' } },
    says: "Task uses invalid health check: Expecting 'http' to be set for HTTP health check",
  },
];

export const badTasks: readonly ContractCase[] = [
  {
    name: 'an id with a slash: TASK_ERROR',
    run: async (context) => {
      expect(await refusedTask(context, task({ id: 'a/b' }), 'TASK_ERROR')).toEqual({
        message: "'a/b' contains invalid characters",
        reason: 'REASON_TASK_INVALID',
        source: 'SOURCE_MASTER',
      });
    },
  },
  {
    name: 'more than the offer has: TASK_ERROR that says what',
    run: async (context) => {
      const { message } = await refusedTask(
        context,
        task({ id: uniqueTaskId('big'), cpus: 9999 }),
        'TASK_ERROR',
      );
      expect(message).toMatch(
        /^Total resources cpus\(allocated: \*\):9999.* required by task and its executor is more than available ports/,
      );
    },
  },
  {
    name: 'no resources: TASK_ERROR',
    run: async (context) => {
      const id = uniqueTaskId('none');
      const { message } = await refusedTask(context, task({ id, info: { resources: [] } }), 'TASK_ERROR');
      expect(message).toBe('Task uses no resources');
    },
  },
  {
    name: 'neither command nor executor: TASK_ERROR',
    run: async (context) => {
      const make = (offer: Offer): TaskInfo => {
        const { name, taskId, agentId, resources } = task({ id: uniqueTaskId('empty') })(offer);
        return { name, taskId, agentId, resources };
      };
      const { message } = await refusedTask(context, make, 'TASK_ERROR');
      expect(message).toBe(
        'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present',
      );
    },
  },
  {
    name: 'for another agent than the offer: TASK_ERROR',
    run: async (context) => {
      const make = task({ id: uniqueTaskId('else'), info: { agentId: { value: 'elsewhere-S9' } } });
      const { message } = await refusedTask(context, make, 'TASK_ERROR');
      expect(message).toMatch(/^Task uses invalid agent elsewhere-S9 while agent .*-S\d+ is expected$/);
    },
  },
  {
    name: 'the id of a task that runs: TASK_ERROR',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('twin');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.launch(task({ id }));
      expect((await framework.status(id, 'TASK_ERROR')).message).toBe(`Task has duplicate ID: ${id}`);
    },
  },
  {
    name: 'on an offer that is gone: TASK_DROPPED, or TASK_LOST for the not partition-aware',
    run: async (context) => {
      for (const [state, capabilities] of [
        ['TASK_DROPPED', [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }]],
        ['TASK_LOST', [{ type: 'MULTI_ROLE' }]],
      ] as const) {
        const framework = await context.framework({ framework: { capabilities } });
        const offer = await framework.offer();
        await framework.call({ type: 'DECLINE', decline: { offerIds: [offer.id] } });
        const id = uniqueTaskId('stale');
        const operations = [{ type: 'LAUNCH' as const, launch: { taskInfos: [task({ id })(offer)] } }];
        await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations } });
        expect(await framework.status(id, state)).toMatchObject({
          source: 'SOURCE_MASTER',
          reason: 'REASON_INVALID_OFFERS',
          message: `Task launched with invalid offers: Offer ${offer.id.value} is no longer valid`,
        });
        await framework.tearDown();
      }
    },
  },
  ...invalid.map(({ name, info, says }) => ({
    name: `${name}: TASK_ERROR`,
    run: async (context: ContractContext) => {
      const refusal = await refusedTask(context, task({ id: uniqueTaskId('bad'), info }), 'TASK_ERROR');
      if (typeof says === 'string') expect(refusal.message).toBe(says);
      else expect(refusal.message).toMatch(says);
      expect(refusal).toMatchObject({ reason: 'REASON_TASK_INVALID', source: 'SOURCE_MASTER' });
    },
  })),
  {
    name: 'an id twice in one ACCEPT: the first runs, the second is TASK_ERROR',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('same');
      await framework.launch(task({ id }), task({ id }));
      expect((await framework.status(id, 'TASK_ERROR')).message).toBe(`Task has duplicate ID: ${id}`);
      await framework.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'offers that cannot be used together: TASK_DROPPED that says why',
    run: async (context) => {
      const framework = await context.framework();
      const offer = await framework.offer();
      const ids = [offer.id, offer.id];
      const id = uniqueTaskId('twice');
      const operations = [{ type: 'LAUNCH' as const, launch: { taskInfos: [task({ id })(offer)] } }];
      await framework.call({ type: 'ACCEPT', accept: { offerIds: ids, operations } });
      expect((await framework.status(id, 'TASK_DROPPED')).message).toBe(
        `Task launched with invalid offers: Duplicate offer ${offer.id.value} in offer list`,
      );
      const none = uniqueTaskId('none');
      const launch = { taskInfos: [task({ id: none })(offer)] };
      await framework.call({
        type: 'ACCEPT',
        accept: { offerIds: [], operations: [{ type: 'LAUNCH', launch }] },
      });
      expect((await framework.status(none, 'TASK_DROPPED')).message).toBe(
        'Task launched with invalid offers: No offers specified',
      );
    },
  },
  {
    name: 'offers of two agents in one ACCEPT: TASK_DROPPED that names them',
    run: async (context) => {
      const framework = await context.framework();
      const [one, two] = await framework.offersOfTwoAgents();
      const id = uniqueTaskId('two');
      const operations = [{ type: 'LAUNCH' as const, launch: { taskInfos: [task({ id })(one)] } }];
      await framework.call({ type: 'ACCEPT', accept: { offerIds: [one.id, two.id], operations } });
      expect((await framework.status(id, 'TASK_DROPPED')).message).toBe(
        `Task launched with invalid offers: Aggregated offers must belong to one single agent. Offer ${two.id.value} uses agent ${two.agentId.value} and agent ${one.agentId.value}`,
      );
    },
  },
];
