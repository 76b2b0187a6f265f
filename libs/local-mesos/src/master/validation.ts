import type { Call, TaskInfo } from '@carillon/mesos';
import { bodiless, type CallBodies, untyped } from './call-bodies.js';
import { contains, describe, isEmpty, parseResources, type Resources } from './resources.js';

export interface TaskContext {
  readonly agentId: string;
  readonly role: string;
  /** Undefined: whether it fits is looked at elsewhere. */
  readonly available: Resources | undefined;
  isActive(taskId: string): boolean;
}

/** Why a task may not be launched, in Mesos's words; for TASK_ERROR. */
export function invalidTask(
  info: TaskInfo,
  context: TaskContext,
): string | { readonly resources: Resources } {
  const id = info.taskId.value;
  const badId = invalidId(id);
  if (badId !== undefined) return badId;
  if (context.isActive(id)) return `Task has duplicate ID: ${id}`;
  if (info.agentId.value !== context.agentId) {
    return `Task uses invalid agent ${info.agentId.value} while agent ${context.agentId} is expected`;
  }
  if ((info.command === undefined) === (info.executor === undefined)) {
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  }
  const resources = parseResources(info.resources, context.role);
  if ('error' in resources) return resources.error;
  if (info.resources.length === 0 || isEmpty(resources)) return 'Task uses no resources';
  const badPart = invalidParts(info);
  if (badPart !== undefined) return badPart;
  const { available, role } = context;
  const allocatedElsewhere = info.resources.find(
    ({ allocationInfo }) => allocationInfo?.role !== undefined && allocationInfo.role !== role,
  );
  if (available === undefined || (contains(available, resources) && allocatedElsewhere === undefined)) {
    return { resources };
  }
  const required = describe(resources, allocatedElsewhere?.allocationInfo?.role ?? role);
  return `Total resources ${required} required by task and its executor is more than available ${describe(available, role)}`;
}

function invalidParts(info: TaskInfo): string | undefined {
  const { killPolicy, maxCompletionTime, command, container, limits, healthCheck } = info;
  if ((killPolicy?.gracePeriod?.nanoseconds ?? 0) < 0) {
    return "Task's 'kill_policy.grace_period' must be non-negative";
  }
  if ((maxCompletionTime?.nanoseconds ?? 0) < 0) return "Task's `max_completion_time` must be non-negative";
  const unset = command?.environment?.variables.find(
    ({ value, secret }) => value === undefined && secret === undefined,
  );
  if (unset !== undefined) {
    return `Task's \`CommandInfo\` is invalid: Environment variable '${unset.name}' of type 'VALUE' must have a value set`;
  }
  if (container?.type === 'DOCKER' && container.docker === undefined) {
    return "Task's `ContainerInfo` is invalid: DockerInfo 'docker' is not set for DOCKER typed ContainerInfo";
  }
  const nowhere = container?.volumes?.some(
    ({ hostPath, source, image }) =>
      [hostPath, source, image].filter((from) => from !== undefined).length !== 1,
  );
  if (nowhere === true) {
    return "Task's `ContainerInfo` is invalid: Invalid volume: Only one of them should be set: 'host_path', 'image' and 'source'";
  }
  const cpus = info.resources.find(({ name }) => name === 'cpus')?.scalar?.value ?? 0;
  if ((limits?.['cpus']?.value ?? cpus) < cpus) {
    return 'The cpu limit must be greater than or equal to the cpu request';
  }
  const mem = info.resources.find(({ name }) => name === 'mem')?.scalar?.value ?? 0;
  if ((limits?.['mem']?.value ?? mem) < mem) {
    return 'The memory limit must be greater than or equal to the memory request';
  }
  if (healthCheck?.type === 'HTTP' && healthCheck.http === undefined) {
    return "Task uses invalid health check: Expecting 'http' to be set for HTTP health check";
  }
  return undefined;
}

/** Ids become folder names. */
function invalidId(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (id.length > 255) return 'ID must not be greater than 255 characters';
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  // eslint-disable-next-line no-control-regex
  if (/[/\\\u0000-\u001f\u007f]/.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}

const BODIES: CallBodies = {
  SUBSCRIBE: 'subscribe',
  ACCEPT: 'accept',
  DECLINE: 'decline',
  KILL: 'kill',
  ACKNOWLEDGE: 'acknowledge',
  RECONCILE: 'reconcile',
  MESSAGE: 'message',
  REQUEST: 'request',
  SHUTDOWN: 'shutdown',
  ACCEPT_INVERSE_OFFERS: 'acceptInverseOffers',
  DECLINE_INVERSE_OFFERS: 'declineInverseOffers',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledgeOperationStatus',
  RECONCILE_OPERATIONS: 'reconcileOperations',
  UPDATE_FRAMEWORK: 'updateFramework',
};

/** Why a call is malformed, in Mesos's words; for 400. */
export function invalidCall(call: Call): string | undefined {
  const without = untyped(call);
  if (without !== undefined) return without;
  if (call.type === 'SUBSCRIBE') return invalidSubscribe(call);
  if (call.frameworkId === undefined) return "Expecting 'framework_id' to be present";
  if (call.type === 'ACKNOWLEDGE' && 'acknowledge' in call && !isUuid(call.acknowledge.uuid)) {
    return 'Not a valid UUID';
  }
  if (call.type === 'UPDATE_FRAMEWORK' && 'updateFramework' in call) {
    const { frameworkInfo } = call.updateFramework;
    if ((frameworkInfo.id?.value ?? '') !== call.frameworkId.value) {
      return "'framework_id' differs from 'update_framework.framework_info.id'";
    }
  }
  return bodiless(call, BODIES);
}

function invalidSubscribe(call: Call & { readonly type: 'SUBSCRIBE' }): string | undefined {
  const { subscribe } = call as Partial<typeof call>;
  const info = subscribe?.frameworkInfo;
  if (info === undefined) return "Expecting 'subscribe' to be present";
  return (info.id?.value ?? '') === (call.frameworkId?.value ?? '')
    ? undefined
    : "'framework_id' differs from 'subscribe.framework_info.id'";
}

/** With the bits of RFC 4122, which Mesos looks at. */
function isUuid(bytes: Uint8Array): boolean {
  return bytes.length === 16 && ((bytes[8] ?? 0) & 0xc0) === 0x80;
}
