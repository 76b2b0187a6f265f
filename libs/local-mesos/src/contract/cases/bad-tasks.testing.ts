import type { Offer, TaskInfo } from '@carillon/mesos';
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
];
