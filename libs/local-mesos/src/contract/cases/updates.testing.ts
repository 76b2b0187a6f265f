import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { task, uniqueTaskId } from '../test-framework.testing.js';

export const updates: readonly ContractCase[] = [
  {
    name: 'the next update comes only after the acknowledgement of the one before',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const [slow, quick] = [uniqueTaskId('slow'), uniqueTaskId('quick')];
      await framework.launch(task({ id: slow }), task({ id: quick }));
      await framework.status(slow, 'TASK_STARTING');
      for (const state of ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']) {
        await framework.acknowledge(await framework.status(quick, state));
      }
      expect(framework.states(slow)).toEqual(['TASK_STARTING']);
      await framework.acknowledge(await framework.status(slow, 'TASK_STARTING'));
      await framework.acknowledge(await framework.status(slow, 'TASK_RUNNING'));
      await framework.status(slow, 'TASK_FINISHED');
    },
  },
  {
    name: 'what was not acknowledged comes again, with the same uuid, to the next subscription',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const id = uniqueTaskId('again');
      await framework.launch(task({ id }));
      const first = await framework.status(id, 'TASK_STARTING');
      await framework.leave();
      const next = await context.framework({ frameworkId: framework.id });
      const again = await next.until('TASK_STARTING again', () => next.statuses(id)[0], 30_000);
      expect(Buffer.from(again.uuid ?? [])).toEqual(Buffer.from(first.uuid ?? []));
      await next.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'reconcile: known, unknown on the agent, unknown anywhere',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('known');
      const { agentId } = await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      const tasks = [
        { taskId: { value: id }, agentId },
        { taskId: { value: 'gone' }, agentId },
        { taskId: { value: 'never' } },
      ];
      await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
      const common = { source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' };
      const known = await framework.until('the answer', () =>
        framework.statuses(id).find(({ reason }) => reason === 'REASON_RECONCILIATION'),
      );
      const message = 'Reconciliation: Latest task state';
      expect(known).toMatchObject({ state: 'TASK_RUNNING', ...common, message });
      expect(await framework.status('gone', 'TASK_GONE')).toMatchObject({
        ...common,
        message: 'Reconciliation: Task is unknown to the agent',
      });
      expect(await framework.status('never', 'TASK_UNKNOWN')).toMatchObject({
        ...common,
        message: 'Reconciliation: Task is unknown',
      });
      expect(known.uuid).toBeUndefined();
    },
  },
  {
    name: 'reconcile without tasks: every task of the framework, ended ones too until they are acknowledged',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const [a, b] = [uniqueTaskId('a'), uniqueTaskId('b')];
      await framework.launch(task({ id: a, cmd: 'sleep 60' }), task({ id: b, cmd: 'exit 1' }));
      await framework.acknowledge(await framework.status(a, 'TASK_STARTING'));
      await framework.status(a, 'TASK_RUNNING');
      await framework.status(b, 'TASK_STARTING');
      await framework.call({ type: 'RECONCILE', reconcile: { tasks: [] } });
      for (const [id, state] of [
        [a, 'TASK_RUNNING'],
        [b, 'TASK_STARTING'],
      ] as const) {
        await framework.until(`the answer for ${id}`, () =>
          framework
            .statuses(id)
            .find((status) => status.reason === 'REASON_RECONCILIATION' && status.state === state),
        );
      }
    },
  },
];
