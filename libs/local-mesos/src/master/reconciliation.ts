import type { Call, TaskStatus } from '@carillon/mesos';
import type { Task } from '../agent/task.js';
import type { Tasks } from './tasks.js';
import { masterStatus, reconciled, stateFor } from './answers.js';
import type { Framework } from './framework.js';
import type { Registry } from './registry.js';

type Asked = (Call & { readonly type: 'RECONCILE' })['reconcile']['tasks'];

/** Answers of the master to RECONCILE. For a task of an agent that may still come back after a failover: none. */
export function* reconcile(
  framework: Framework,
  asked: Asked,
  known: { readonly tasks: Tasks; readonly registry: Registry },
): Generator<TaskStatus> {
  const { tasks, registry } = known;
  if (asked.length === 0) {
    for (const task of tasks.of(framework.id)) if (isKnown(task, registry)) yield reconciled(task);
    return;
  }
  for (const { taskId, agentId } of asked) {
    const task = tasks.get(framework.id, taskId.value);
    const status =
      task !== undefined && isKnown(task, registry)
        ? reconciled(task)
        : unknownTask(framework, taskId.value, agentId?.value, registry);
    if (status !== undefined) yield status;
  }
}

/** Masters know the tasks of registered agents. */
export function isKnown(task: Task, registry: Registry): boolean {
  return registry.isRegistered(task.launched.info.agentId.value);
}

/** What a master says about a task that it does not know; undefined: it waits for the agent. */
export function unknownTask(
  { info }: Framework,
  taskId: string,
  agentId: string | undefined,
  registry: Registry,
): TaskStatus | undefined {
  const member = agentId === undefined ? undefined : registry.members.get(agentId);
  const say = (state: Parameters<typeof stateFor>[1], what: string): TaskStatus =>
    masterStatus(taskId, stateFor(info, state), 'REASON_RECONCILIATION', `Reconciliation: ${what}`, agentId);
  switch (member?.membership) {
    case 'recovered':
      return undefined;
    case 'active':
    case 'disconnected':
      return say('TASK_GONE', 'Task is unknown to the agent');
    case 'unreachable': {
      const unreachableTime = { nanoseconds: `${member.unreachableAt ?? 0}000000` };
      return { ...say('TASK_UNREACHABLE', 'Task is unreachable'), unreachableTime };
    }
    case 'gone':
      return say('TASK_GONE_BY_OPERATOR', 'Task is gone');
    case 'down':
    case undefined:
      return say('TASK_UNKNOWN', 'Task is unknown');
  }
}
