import type { ExecutorInfo, TaskInfo } from '@carillon/mesos';
import {
  add,
  amountsOf,
  contains,
  describe,
  NO_RESOURCES,
  parseResources,
  type Resources,
} from './resources.js';
import { invalidTask, type TaskContext } from './validation.js';

const MIN_CPUS = 0.01;
const MIN_MEM = 32;

/**
 * Why a task group may not be launched, in Mesos's words; for TASK_ERROR of all its tasks. Otherwise what each
 * takes; the first takes what the executor takes as well.
 */
export function invalidGroup(
  executor: ExecutorInfo,
  infos: readonly TaskInfo[],
  context: TaskContext & { readonly frameworkId: string },
): string | { readonly resources: readonly Resources[] } {
  const own = parseResources(executor.resources ?? [], context.role);
  if ('error' in own) return own.error;
  const each: Resources[] = [];
  const ids = new Set<string>();
  for (const info of infos) {
    const id = info.taskId.value;
    const why = (what: string): string => `Task '${id}' is invalid: ${what}`;
    const isActive = (taskId: string): boolean => ids.has(taskId) || context.isActive(taskId);
    // Whether the group fits is looked at below.
    const checked = invalidTask(info, { ...context, available: undefined, isActive });
    if (typeof checked === 'string') return why(checked);
    if (info.container?.type === 'DOCKER') return why('Docker ContainerInfo is not supported on the task');
    ids.add(id);
    each.push(checked.resources);
  }
  const bad = invalidExecutor(executor, own, context.frameworkId);
  if (bad !== undefined) return bad;
  const total = each.reduce(add, own);
  if (!contains(context.available ?? NO_RESOURCES, total)) {
    const available = describe(context.available ?? NO_RESOURCES, context.role);
    return `Total resources ${describe(total, context.role)} required by task group and its executor are more than available ${available}`;
  }
  return { resources: each.map((resources, n) => (n === 0 ? add(resources, own) : resources)) };
}

function invalidExecutor(executor: ExecutorInfo, own: Resources, frameworkId: string): string | undefined {
  const { type, command, executorId } = executor;
  if (executor.frameworkId === undefined) return "'ExecutorInfo.framework_id' must be set";
  if (executor.frameworkId.value !== frameworkId) {
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${executor.frameworkId.value} vs Expected: ${frameworkId})`;
  }
  if (type === 'DEFAULT' && command !== undefined) {
    return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
  }
  if (type === 'CUSTOM' && command === undefined) {
    return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  }
  const { cpus, mem, disk } = amountsOf(own);
  const id = executorId.value;
  if ((cpus ?? 0) < MIN_CPUS) {
    return `Executor '${id}' uses less CPUs (${cpus ?? 'None'}) than the minimum required (${MIN_CPUS})`;
  }
  if ((mem ?? 0) < MIN_MEM) {
    return `Executor '${id}' uses less memory (${mem === undefined ? 'None' : `${mem}MB`}) than the minimum required (${MIN_MEM}MB)`;
  }
  return disk === undefined ? `Executor '${id}' uses no disk` : undefined;
}
