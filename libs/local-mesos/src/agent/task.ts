import type { FrameworkInfo, TaskState, TaskStatus } from '@carillon/mesos';
import type { Resources } from '../master/resources.js';
import type { KillCause, LaunchedTask } from '../state/records.js';

/** A task from its launch until its terminal update has been acknowledged. */
export interface Task {
  launched: LaunchedTask;
  readonly resources: Resources;
  readonly role: string;
  /** Not yet acknowledged, oldest first; only the first has been sent. */
  readonly pending: TaskStatus[];
  /** The newest state, acknowledged or not. */
  latest: TaskStatus;
  /** When pending[0] was last sent, on the monotonic clock. */
  sentAt: number | undefined;
  retryMs: number;
  kill: KillState | undefined;
}

export interface KillState {
  readonly cause: KillCause;
  readonly graceMs: number;
}

export function newTask(launched: LaunchedTask, resources: Resources, role: string, retryMs: number): Task {
  const { taskId, agentId } = launched.info;
  const latest: TaskStatus = { taskId, state: 'TASK_STAGING', agentId };
  return { launched, resources, role, pending: [], latest, sentAt: undefined, retryMs, kill: undefined };
}

const TERMINAL: ReadonlySet<string> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

export function taskIdOf(task: Task): string {
  return task.launched.info.taskId.value;
}

export function hasCapability(framework: FrameworkInfo, capability: string): boolean {
  return framework.capabilities?.some(({ type }) => type === capability) ?? false;
}
