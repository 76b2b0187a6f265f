import type { IncomingMessage, ServerResponse } from 'node:http';
import { type MasterCall, masterCodec, type MasterResponse } from '@carillon/mesos';
import { VERSION } from '../defaults.js';
import { type CallBodies, incompleteCall } from '../master/call-bodies.js';
import type { Master } from '../master/master.js';
import type { Refusal } from '../master/membership.js';
import { rolesOf } from '../master/framework.js';
import { answer, readBody } from './answers.js';
import { acceptedFormat, contentFormat, refuseHead, unreadable } from './call-head.js';
import { followMaster } from './operator-events.js';
import { metricsOf } from './operator-metrics.js';
import { agentsOf, executorsOf, frameworksOf, masterState, tasksOf } from './operator-reads.js';

/** The v1 operator API of a master: what reads its state, maintenance, and what removes agents. */
export function handleOperatorRequest(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refused = refuseHead(request);
  if (refused !== undefined) {
    answer(response, refused.status, refused.body, refused.headers);
    request.resume();
    return;
  }
  readBody(request, response, (body) => handleBody(master, request, response, body));
}

function handleBody(master: Master, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const format = contentFormat(request.headers['content-type']) ?? 'json';
  let call: MasterCall;
  try {
    call = masterCodec(format).call.decode(body);
  } catch (error) {
    answer(response, 400, unreadable(format, error));
    return;
  }
  const invalid = incompleteCall(call, BODIES);
  if (invalid !== undefined) {
    answer(response, 400, `Failed to validate master::Call: ${invalid}`);
    return;
  }
  const change = changeOf(master, call);
  if (change !== undefined) {
    master.whenDurable(() => answer(response, change.status, change.body));
    return;
  }
  if (call.type === 'SUBSCRIBE') {
    const codec = masterCodec(acceptedFormat(request.headers.accept) ?? 'json');
    followMaster(master, request, response, codec);
    return;
  }
  const read = readOf(master, call);
  if (read === undefined) {
    answer(response, 501, `${call.type} is not implemented by local Mesos`);
    return;
  }
  const codec = masterCodec(acceptedFormat(request.headers.accept) ?? 'json');
  const bytes = codec.response.encode({ type: call.type, ...read });
  answer(response, 200, bytes, { 'content-type': codec.contentType });
}

const BODIES: CallBodies = {
  GET_METRICS: 'getMetrics',
  UPDATE_MAINTENANCE_SCHEDULE: 'updateMaintenanceSchedule',
  START_MAINTENANCE: 'startMaintenance',
  STOP_MAINTENANCE: 'stopMaintenance',
  DRAIN_AGENT: 'drainAgent',
  DEACTIVATE_AGENT: 'deactivateAgent',
  REACTIVATE_AGENT: 'reactivateAgent',
  MARK_AGENT_GONE: 'markAgentGone',
  TEARDOWN: 'teardown',
};

interface Done {
  readonly status: number;
  readonly body: string;
}

const DONE: Done = { status: 200, body: '' };

/** Undefined: the call changes nothing. */
function changeOf({ maintenance, agents, frameworks }: Master, call: MasterCall): Done | undefined {
  const bad = (why: string | undefined): Done => (why === undefined ? DONE : { status: 400, body: why });
  const refusal = (refused: Refusal): Done => refused ?? DONE;
  switch (call.type) {
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return bad(maintenance.schedule(call.updateMaintenanceSchedule.schedule));
    case 'START_MAINTENANCE':
      return bad(maintenance.start(call.startMaintenance.machines));
    case 'STOP_MAINTENANCE':
      return bad(maintenance.stop(call.stopMaintenance.machines));
    case 'DRAIN_AGENT': {
      const { agentId, maxGracePeriod, markGone = false } = call.drainAgent;
      const graceMs =
        maxGracePeriod === undefined
          ? undefined
          : (maxGracePeriod.seconds ?? 0) * 1000 + (maxGracePeriod.nanos ?? 0) / 1e6;
      return refusal(agents.drain(agentId.value, markGone, graceMs));
    }
    case 'DEACTIVATE_AGENT':
      return refusal(agents.deactivate(call.deactivateAgent.agentId.value));
    case 'REACTIVATE_AGENT':
      return refusal(agents.reactivate(call.reactivateAgent.agentId.value));
    case 'MARK_AGENT_GONE':
      return refusal(agents.markGone(call.markAgentGone.agentId.value));
    case 'TEARDOWN': {
      const framework = frameworks.known.get(call.teardown.frameworkId.value);
      if (framework === undefined) return { status: 400, body: 'No framework found with specified ID' };
      frameworks.remove(framework);
      return DONE;
    }
    default:
      return undefined;
  }
}

/** Undefined: local Mesos does not have it. */
function readOf(master: Master, { type }: MasterCall): Omit<MasterResponse, 'type'> | undefined {
  switch (type) {
    case 'GET_HEALTH':
      return { getHealth: { healthy: true } };
    case 'GET_VERSION':
      return { getVersion: { versionInfo: { version: VERSION } } };
    case 'GET_MASTER': {
      const at = master.startedAt / 1000;
      return { getMaster: { masterInfo: master.info, startTime: at, electedTime: at } };
    }
    case 'GET_METRICS':
      return { getMetrics: { metrics: metricsOf(master) } };
    case 'GET_STATE':
      return { getState: masterState(master) };
    case 'GET_AGENTS':
      return { getAgents: agentsOf(master) };
    case 'GET_FRAMEWORKS':
      return { getFrameworks: frameworksOf(master) };
    case 'GET_TASKS':
      return { getTasks: tasksOf(master) };
    case 'GET_EXECUTORS':
      return { getExecutors: executorsOf(master) };
    case 'GET_ROLES':
      return { getRoles: { roles: roles(master) } };
    case 'GET_MAINTENANCE_STATUS':
      return { getMaintenanceStatus: { status: master.maintenance.status() } };
    case 'GET_MAINTENANCE_SCHEDULE':
      return { getMaintenanceSchedule: { schedule: master.registry.schedule } };
    default:
      return undefined;
  }
}

function roles({ frameworks }: Master): NonNullable<MasterResponse['getRoles']>['roles'] {
  const byRole = new Map<string, { readonly value: string }[]>();
  for (const { id, info } of frameworks.known.values()) {
    for (const role of rolesOf(info)) byRole.set(role, [...(byRole.get(role) ?? []), { value: id }]);
  }
  return [...byRole].map(([name, ids]) => ({ name, weight: 1, frameworks: ids, resources: [] }));
}
