import type { TaskStatus } from '@carillon/mesos';
import { type AgentNode, pidOf } from '../agent/agent-node.js';
import { isTerminal, type Task, taskIdOf } from '../agent/task.js';
import type { Cluster } from '../cluster.js';
import { VERSION } from '../defaults.js';
import { type Framework, rolesOf } from '../master/framework.js';
import type { Master } from '../master/master.js';
import { isKnown } from '../master/reconciliation.js';
import type { Member } from '../master/registry.js';
import { add, amountsOf, NO_RESOURCES, type Resources } from '../master/resources.js';

type Page = Readonly<Record<string, unknown>>;

/** The pages that Mesos had before its v1 API: JSON, with seconds for times. */
export const masterPages: Readonly<Record<string, ((master: Master) => Page) | undefined>> = {
  '/state': statePage,
  '/slaves': slavesPage,
  '/frameworks': frameworksPage,
  '/tasks': ({ cluster, registry }) => ({
    tasks: [...cluster.tasks.all()].filter((task) => isKnown(task, registry)).map(taskPage),
  }),
  '/version': () => ({ version: VERSION }),
};

function statePage(master: Master): Page {
  const { info, startedAt, registry } = master;
  const members = [...registry.members.values()];
  const registered = members.filter(({ node }) => registry.isRegistered(node.id));
  return {
    version: VERSION,
    start_time: startedAt / 1000,
    elected_time: startedAt / 1000,
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    capabilities: ['AGENT_UPDATE', 'AGENT_DRAINING'],
    activated_slaves: registered.filter((member) => isActive(member)).length,
    deactivated_slaves: registered.filter((member) => !isActive(member)).length,
    unreachable_slaves: members.filter(({ membership }) => membership === 'unreachable').length,
    leader: info.pid,
    leader_info: { id: info.id, pid: info.pid, port: info.port, hostname: info.hostname },
    flags: {},
    ...slavesPage(master),
    ...frameworksPage(master),
  };
}

function slavesPage(master: Master): Page {
  const { registry } = master;
  const members = [...registry.members.values()];
  return {
    slaves: members
      .filter(({ node }) => registry.isRegistered(node.id))
      .map((member) => slavePage(member, master)),
    recovered_slaves: members
      .filter(({ membership }) => membership === 'recovered')
      .map(({ node }) => ({ id: node.id, hostname: node.hostname })),
  };
}

function isActive({ membership, deactivated }: Member): boolean {
  return membership === 'active' && !deactivated;
}

function slavePage(member: Member, { cluster, offers }: Master): Page {
  const { node, deactivated, registeredAt } = member;
  const used = sumOf(running(cluster.tasks.onAgent(node.id)));
  const offered = [...offers.all].filter(({ agentId }) => agentId === node.id);
  return {
    ...identity(node),
    port: node.port,
    registered_time: registeredAt / 1000,
    resources: amounts(node.total),
    used_resources: amounts(used),
    offered_resources: amounts(offered.map(({ resources }) => resources).reduce(add, NO_RESOURCES)),
    active: isActive(member),
    deactivated,
    version: VERSION,
  };
}

function identity(node: AgentNode): Page {
  const attributes = node.attributes.map(({ name, text, scalar }) => [name, text?.value ?? scalar?.value]);
  return {
    id: node.id,
    hostname: node.hostname,
    pid: pidOf(node),
    attributes: Object.fromEntries(attributes) as Page,
    ...(node.domain === undefined ? {} : { domain: domainPage(node) }),
  };
}

function domainPage({ domain }: AgentNode): Page {
  return { fault_domain: domain?.faultDomain };
}

function frameworksPage({ frameworks, cluster, registry }: Master): Page {
  return {
    frameworks: [...frameworks.known.values()].map((framework) => {
      const tasks = cluster.tasks.of(framework.id);
      const isUnreachable = ({ launched }: Task): boolean =>
        registry.members.get(launched.info.agentId.value)?.membership === 'unreachable';
      return {
        ...frameworkPage(framework),
        used_resources: amounts(sumOf(running(tasks))),
        tasks: tasks.filter((task) => isKnown(task, registry)).map(taskPage),
        unreachable_tasks: tasks.filter(isUnreachable).map(taskPage),
        completed_tasks: cluster.completed
          .filter(({ launched }) => launched.frameworkId === framework.id)
          .map(taskPage),
      };
    }),
    completed_frameworks: frameworks.completed.map(({ info }) => ({ id: info.id?.value, name: info.name })),
    unregistered_frameworks: [],
  };
}

function frameworkPage({ id, info, subscriber, registeredAt }: Framework): Page {
  return {
    id,
    name: info.name,
    user: info.user,
    roles: rolesOf(info),
    capabilities: (info.capabilities ?? []).map(({ type }) => type),
    failover_timeout: info.failoverTimeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    hostname: info.hostname ?? '',
    webui_url: info.webuiUrl ?? '',
    active: subscriber !== undefined,
    connected: subscriber !== undefined,
    recovered: registeredAt === undefined,
    registered_time: (registeredAt ?? 0) / 1000,
  };
}

function taskPage(task: Task): Page {
  const { launched, latest, resources, role } = task;
  const { info } = launched;
  return {
    id: taskIdOf(task),
    name: info.name,
    framework_id: launched.frameworkId,
    executor_id: info.executor?.executorId.value ?? '',
    slave_id: info.agentId.value,
    state: latest.state,
    resources: amounts(resources),
    role,
    statuses: latest.uuid === undefined ? [] : [statusPage(latest)],
    labels: info.labels?.labels ?? [],
  };
}

function statusPage({ state, timestamp, containerStatus }: TaskStatus): Page {
  const containerId = containerStatus?.containerId;
  return {
    state,
    timestamp,
    ...(containerId === undefined ? {} : { container_status: { container_id: containerId } }),
  };
}

/** The page of an agent: where its sandboxes are. */
export function agentPage(node: AgentNode, cluster: Cluster, masterAddress: string): Page {
  const frameworks = new Map<string, Task[]>();
  for (const task of cluster.tasks.onAgent(node.id)) {
    const { frameworkId } = task.launched;
    frameworks.set(frameworkId, [...(frameworks.get(frameworkId) ?? []), task]);
  }
  return {
    version: VERSION,
    ...identity(node),
    resources: amounts(node.total),
    master_hostname: masterAddress.split(':')[0],
    frameworks: [...frameworks].map(([id, tasks]) => ({
      id,
      executors: tasks.map(executorPage),
      completed_executors: [],
    })),
    completed_frameworks: [],
  };
}

function executorPage(task: Task): Page {
  const { launched } = task;
  return {
    id: taskIdOf(task),
    source: taskIdOf(task),
    container: launched.containerId,
    directory: launched.sandbox,
    resources: amounts(task.resources),
    tasks: [taskPage(task)],
    queued_tasks: [],
    completed_tasks: [],
  };
}

function running(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(({ latest }) => !isTerminal(latest.state));
}

function sumOf(tasks: readonly Task[]): Resources {
  return tasks.map(({ resources }) => resources).reduce(add, NO_RESOURCES);
}

function amounts(resources: Resources): Page {
  const ports = resources.ports.map(({ begin, end }) => `${begin}-${end}`).join(', ');
  const scalars = { disk: 0, mem: 0, gpus: 0, cpus: 0, ...amountsOf(resources) };
  return ports === '' ? scalars : { ...scalars, ports: `[${ports}]` };
}
