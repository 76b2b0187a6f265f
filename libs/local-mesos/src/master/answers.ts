import type { FrameworkInfo, TaskState, TaskStatus, TaskStatusReason } from '@carillon/mesos';
import { hasCapability, type Task, taskIdOf } from '../agent/task.js';

/** Statuses that the master makes itself carry no uuid: they are not acknowledged and not repeated. */
export function masterStatus(
  taskId: string,
  state: TaskState,
  reason: TaskStatusReason,
  message: string,
  agentId: string | undefined,
): TaskStatus {
  return {
    taskId: { value: taskId },
    state,
    message,
    source: 'SOURCE_MASTER',
    reason,
    timestamp: Date.now() / 1000,
    ...(agentId === undefined ? {} : { agentId: { value: agentId } }),
  };
}

/** A framework that is not PARTITION_AWARE hears TASK_LOST instead of the newer states. */
export function stateFor(framework: FrameworkInfo, state: TaskState): TaskState {
  return hasCapability(framework, 'PARTITION_AWARE') ? state : 'TASK_LOST';
}

/** The state whose update is on its way, not the newest: updates are told in order. */
export function reconciled(task: Task): TaskStatus {
  const told = task.pending[0] ?? task.latest;
  const agentId = task.launched.info.agentId.value;
  const status = masterStatus(
    taskIdOf(task),
    told.state as TaskState,
    'REASON_RECONCILIATION',
    'Reconciliation: Latest task state',
    agentId,
  );
  return told.containerStatus === undefined ? status : { ...status, containerStatus: told.containerStatus };
}
