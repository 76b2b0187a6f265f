import type { FrameworkInfo, Resource, TaskStatus } from '@carillon/mesos';
import { type KillState, newTask, type Task } from '../agent/task.js';
import { NO_RESOURCES, parseResources } from '../master/resources.js';
import type { LaunchedTask, StateRecord } from './records.js';

export interface Recovered {
  readonly masterId: string | undefined;
  /** The first master's id, which agents keep in theirs. */
  readonly clusterId: string | undefined;
  readonly frameworks: ReadonlyMap<string, FrameworkInfo>;
  readonly removedFrameworks: ReadonlySet<string>;
  /** By agent: see the record `converted`. */
  readonly converted: ReadonlyMap<string, readonly Resource[]>;
  readonly tasks: readonly Task[];
}

interface Replayed {
  launched: LaunchedTask;
  pending: TaskStatus[];
  latest: TaskStatus;
  kill: KillState | undefined;
}

/** What the state log says, replayed. */
export function recoverState(records: readonly StateRecord[], retryMs: number): Recovered {
  let masterId: string | undefined;
  let clusterId: string | undefined;
  const frameworks = new Map<string, FrameworkInfo>();
  const removedFrameworks = new Set<string>();
  const converted = new Map<string, readonly Resource[]>();
  const tasks = new Map<string, Replayed>();
  for (const record of records) {
    switch (record.type) {
      case 'master':
        masterId = record.masterId;
        clusterId = record.clusterId ?? record.masterId;
        break;
      case 'framework':
        frameworks.set(record.id, record.info);
        break;
      case 'frameworkRemoved':
        frameworks.delete(record.id);
        removedFrameworks.add(record.id);
        break;
      case 'converted':
        converted.set(record.agentId, record.resources);
        break;
      case 'forgotten':
        tasks.delete(record.containerId);
        break;
      default:
        replayTask(tasks, record);
    }
  }
  return {
    masterId,
    clusterId,
    frameworks,
    removedFrameworks,
    converted,
    tasks: [...tasks.values()].map((t) => restored(t, retryMs)),
  };
}

type TaskRecord = Extract<StateRecord, { task: LaunchedTask } | { containerId: string }>;

function replayTask(tasks: Map<string, Replayed>, record: TaskRecord): void {
  if (record.type === 'launched') {
    const { info, containerId } = record.task;
    const latest: TaskStatus = { taskId: info.taskId, state: 'TASK_STAGING', agentId: info.agentId };
    tasks.set(containerId, { launched: record.task, pending: [], latest, kill: undefined });
    return;
  }
  const task = tasks.get(record.containerId);
  if (task === undefined) return;
  switch (record.type) {
    case 'relaunched':
      task.launched = { ...task.launched, launcher: record.launcher };
      break;
    case 'killRequested':
      task.kill = { cause: record.cause, graceMs: record.graceMs };
      break;
    case 'status':
      task.pending.push(record.status);
      task.latest = record.status;
      break;
    case 'acknowledged':
      task.pending.shift();
      break;
    case 'forgotten':
      break;
  }
}

function restored({ launched, pending, latest, kill }: Replayed, retryMs: number): Task {
  const role = launched.info.resources[0]?.allocationInfo?.role ?? '*';
  const resources = parseResources(launched.info.resources, role);
  const known = 'error' in resources ? NO_RESOURCES : resources;
  return { ...newTask(launched, known, role, retryMs), pending, latest, kill };
}

/** The records that say what is so now; removed frameworks are remembered for ever, as Mesos does for a while. */
export function* snapshot(
  identity: Extract<StateRecord, { type: 'master' }>,
  state: Pick<Recovered, 'frameworks' | 'removedFrameworks' | 'converted'> & {
    readonly tasks: Iterable<Task>;
  },
): Generator<StateRecord> {
  yield identity;
  for (const id of state.removedFrameworks) yield { type: 'frameworkRemoved', id };
  for (const [id, info] of state.frameworks) yield { type: 'framework', id, info };
  for (const [agentId, resources] of state.converted) yield { type: 'converted', agentId, resources };
  for (const task of state.tasks) {
    const { containerId } = task.launched;
    yield { type: 'launched', task: task.launched };
    if (task.kill !== undefined) yield { type: 'killRequested', containerId, ...task.kill };
    if (task.pending.length === 0 && task.latest.state !== 'TASK_STAGING') {
      yield { type: 'status', containerId, status: task.latest };
      yield { type: 'acknowledged', containerId };
    }
    for (const status of task.pending) yield { type: 'status', containerId, status };
  }
}
