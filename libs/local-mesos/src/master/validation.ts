import type { Call, TaskInfo } from '@carillon/mesos';
import { contains, describe, isEmpty, parseResources, type Resources } from './resources.js';

/** Why a task may not be launched, in Mesos's words; for TASK_ERROR. */
export function invalidTask(
  info: TaskInfo,
  context: {
    readonly agentId: string;
    readonly role: string;
    readonly available: Resources;
    isActive(taskId: string): boolean;
  },
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
  const resources = parseResources(info.resources);
  if ('error' in resources) return resources.error;
  if (isEmpty(resources)) return 'Task uses no resources';
  if (contains(context.available, resources)) return { resources };
  const required = describe(resources, context.role);
  return `Total resources ${required} required by task and its executor is more than available ${describe(context.available, context.role)}`;
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

const BODIES: Readonly<Record<string, string | undefined>> = {
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
  const type: string = call.type;
  if (type === 'UNKNOWN' || type.startsWith('UNRECOGNIZED_')) return "Expecting 'type' to be present";
  if (call.type === 'SUBSCRIBE') return invalidSubscribe(call);
  if (call.frameworkId === undefined) return "Expecting 'framework_id' to be present";
  const body = BODIES[type];
  if (body === undefined || body in call) return undefined;
  return `Expecting '${body.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}' to be present`;
}

function invalidSubscribe(call: Call & { readonly type: 'SUBSCRIBE' }): string | undefined {
  const { subscribe } = call as Partial<typeof call>;
  const info = subscribe?.frameworkInfo;
  if (info === undefined) return "Expecting 'subscribe' to be present";
  return (info.id?.value ?? '') === (call.frameworkId?.value ?? '')
    ? undefined
    : "'framework_id' differs from 'subscribe.framework_info.id'";
}
