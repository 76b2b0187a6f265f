import type {
  Agents,
  AgentInfo,
  Executors,
  Frameworks,
  KnownAgent,
  KnownFramework,
  MasterState,
  Offer,
  Resource,
  Task as TaskMessage,
  Tasks,
} from '@carillon/mesos';
import { type AgentNode, pidOf } from '../agent/agent-node.js';
import { isTerminal, type Task } from '../agent/task.js';
import { VERSION } from '../defaults.js';
import type { Framework } from '../master/framework.js';
import type { Master } from '../master/master.js';
import { isKnown } from '../master/reconciliation.js';
import type { Member } from '../master/registry.js';
import { add, NO_RESOURCES, type Resources, toMessages } from '../master/resources.js';

const CAPABILITIES = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
];

/** What the operator API tells of the state of a leading master. */
export function masterState(master: Master): MasterState {
  return {
    getTasks: tasksOf(master),
    getExecutors: executorsOf(master),
    getFrameworks: frameworksOf(master),
    getAgents: agentsOf(master),
  };
}

export function agentsOf(master: Master): Agents {
  const members = [...master.registry.members.values()];
  const registered = members.filter(({ node }) => master.registry.isRegistered(node.id));
  const recovered = members.filter(({ membership }) => membership === 'recovered');
  const usage = usageOf(master);
  return {
    agents: registered.map((member) => knownAgent(member, usage)),
    recoveredAgents: recovered.map(({ node }) => agentInfo(node)),
  };
}

export function frameworksOf(master: Master): Frameworks {
  const { known, completed } = master.frameworks;
  const usage = usageOf(master);
  return {
    frameworks: [...known.values()].map((framework) => knownFramework(framework, usage)),
    completedFrameworks: completed.map(({ info, registeredAt, unregisteredAt }) => ({
      ...nobody,
      frameworkInfo: info,
      ...(registeredAt === undefined ? {} : { registeredTime: time(registeredAt) }),
      unregisteredTime: time(unregisteredAt),
    })),
  };
}

export function tasksOf(master: Master): Tasks {
  const { tasks, completed } = master.cluster;
  const all = [...tasks.all()];
  return {
    pendingTasks: [],
    tasks: all.filter((task) => isKnown(task, master.registry)).map(taskMessage),
    unreachableTasks: all
      .filter((task) => master.registry.members.get(agentIdOf(task))?.membership === 'unreachable')
      .map((task) => ({ ...taskMessage(task), state: 'TASK_UNREACHABLE' })),
    completedTasks: completed.map(taskMessage),
  };
}

export function executorsOf(master: Master): Executors {
  const groups = new Map<string, Executors['executors'][number]>();
  for (const { launched } of master.cluster.tasks.all()) {
    const { executor, agentId } = launched.info;
    if (executor !== undefined) groups.set(executor.executorId.value, { executorInfo: executor, agentId });
  }
  return { executors: [...groups.values()] };
}

export function agentInfo(node: AgentNode): AgentInfo {
  const { id, hostname, port, declared, attributes, domain } = node;
  return {
    id: { value: id },
    hostname,
    port,
    resources: toMessages(declared, { refined: true }),
    attributes,
    ...(domain === undefined ? {} : { domain }),
  };
}

export function taskMessage({ launched, latest, pending, role, resources }: Task): TaskMessage {
  const { info, frameworkId } = launched;
  const told = pending[0] ?? latest;
  const { labels, discovery, container, healthCheck, killPolicy, limits } = info;
  const optional = { labels, discovery, container, healthCheck, killPolicy, limits };
  return {
    ...defined(optional),
    name: info.name,
    taskId: info.taskId,
    frameworkId: { value: frameworkId },
    ...(info.executor === undefined ? {} : { executorId: info.executor.executorId }),
    agentId: info.agentId,
    state: latest.state,
    resources: toMessages(resources, { allocatedTo: role, refined: true }),
    statuses: latest.uuid === undefined ? [] : [latest],
    statusUpdateState: told.state,
    ...(told.uuid === undefined ? {} : { statusUpdateUuid: told.uuid }),
  };
}

interface Usage {
  readonly allocated: ReadonlyMap<string, Resources>;
  readonly offered: ReadonlyMap<string, Resources>;
  readonly offers: ReadonlyMap<string, readonly Offer[]>;
}

/** By id of agent and of framework: the two do not meet. */
function usageOf(master: Master): Usage {
  const allocated = new Map<string, Resources>();
  const offered = new Map<string, Resources>();
  const offers = new Map<string, Offer[]>();
  const more = (sums: Map<string, Resources>, id: string, resources: Resources): unknown =>
    sums.set(id, add(sums.get(id) ?? NO_RESOURCES, resources));
  for (const task of master.cluster.tasks.all()) {
    if (isTerminal(task.latest.state)) continue;
    more(allocated, agentIdOf(task), task.resources);
    more(allocated, task.launched.frameworkId, task.resources);
  }
  for (const { agentId, frameworkId, resources, offer } of master.offers.all) {
    more(offered, agentId, resources);
    more(offered, frameworkId, resources);
    offers.set(frameworkId, [...(offers.get(frameworkId) ?? []), offer]);
  }
  return { allocated, offered, offers };
}

function knownAgent(member: Member, { allocated, offered }: Usage): KnownAgent {
  const { node, membership, deactivated, drain, registeredAt, reregisteredAt } = member;
  const { id, total } = node;
  return {
    agentInfo: agentInfo(node),
    active: membership === 'active' && !deactivated,
    deactivated,
    version: VERSION,
    pid: pidOf(node),
    registeredTime: time(registeredAt),
    ...(reregisteredAt === undefined ? {} : { reregisteredTime: time(reregisteredAt) }),
    totalResources: toMessages(total, {}),
    allocatedResources: messages(allocated.get(id)),
    offeredResources: messages(offered.get(id)),
    capabilities: CAPABILITIES.map((type) => ({ type })),
    ...(drain === undefined
      ? {}
      : {
          drainInfo: {
            state: drain.drained ? 'DRAINED' : 'DRAINING',
            config: {
              ...(drain.maxGraceMs === undefined
                ? {}
                : { maxGracePeriod: { seconds: Math.floor(drain.maxGraceMs / 1000) } }),
              markGone: drain.markGone,
            },
          },
          estimatedDrainStartTime: time(drain.startedAt),
        }),
  };
}

export const knownAgentOf = (master: Master, member: Member): KnownAgent =>
  knownAgent(member, usageOf(master));

export const knownFrameworkOf = (master: Master, framework: Framework): KnownFramework =>
  knownFramework(framework, usageOf(master));

const nobody = {
  active: false,
  connected: false,
  recovered: false,
  offers: [],
  inverseOffers: [],
  allocatedResources: [],
  offeredResources: [],
};

function knownFramework(framework: Framework, { allocated, offered, offers }: Usage): KnownFramework {
  const { id, info, subscriber, registeredAt, reregisteredAt } = framework;
  const connected = subscriber !== undefined;
  return {
    frameworkInfo: { ...info, id: { value: id } },
    active: connected,
    connected,
    recovered: registeredAt === undefined,
    ...(registeredAt === undefined
      ? {}
      : { registeredTime: time(registeredAt), reregisteredTime: time(reregisteredAt ?? registeredAt) }),
    offers: offers.get(id) ?? [],
    inverseOffers: [],
    allocatedResources: messages(allocated.get(id)),
    offeredResources: messages(offered.get(id)),
  };
}

function messages(resources: Resources | undefined): readonly Resource[] {
  return toMessages(resources ?? NO_RESOURCES, {});
}

function agentIdOf({ launched }: Task): string {
  return launched.info.agentId.value;
}

function time(ms: number): { readonly nanoseconds: string } {
  return { nanoseconds: `${ms}000000` };
}

/** Without what is undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
