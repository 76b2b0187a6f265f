import { cpus as machineCpus, hostname as machineHostname, totalmem } from 'node:os';
import type { Attribute, DomainInfo } from '@carillon/mesos';
import type { AgentNode } from './agent/agent-node.js';
import { HOST } from './defaults.js';
import { add, NO_RESOURCES, type Resources, resourcesOf } from './master/resources.js';
import type { LocalAgentOptions, LocalMesosOptions, LocalResources } from './options.js';

/** The agents of a local Mesos; their ids are the same at each start on a folder. */
export function createNodes(options: LocalMesosOptions, clusterId: string, port: number): AgentNode[] {
  const { agents = 1 } = options;
  const one: LocalAgentOptions = options;
  const all = typeof agents === 'number' ? Array.from({ length: agents }, () => one) : agents;
  return all.map((agent, n) => ({
    id: `${clusterId}-S${n}`,
    number: n + 1,
    hostname: hostnameOf(agent, n, typeof agents === 'number'),
    ip: HOST,
    port,
    attributes: attributesOf(agent.attributes ?? {}),
    domain: domainOf(agent),
    ...resourcesOfNode(totalOf(agent)),
    link: 'up',
    delayMs: 0,
  }));
}

const resourcesOfNode = (declared: Resources): Pick<AgentNode, 'declared' | 'total'> => ({
  declared,
  total: declared,
});

/** Of the first agent: the masters'. */
export function domainOf({ region, zone }: LocalAgentOptions): DomainInfo | undefined {
  if (region === undefined) return undefined;
  return { faultDomain: { region: { name: region }, zone: { name: zone ?? region } } };
}

function hostnameOf({ hostname }: LocalAgentOptions, n: number, areAlike: boolean): string {
  if (hostname !== undefined && !areAlike) return hostname;
  const name = hostname ?? machineHostname();
  return n === 0 ? name : `${name}-${n}`;
}

function totalOf(agent: LocalAgentOptions): Resources {
  const [begin, end] = agent.ports ?? [31000, 32000];
  const own = resourcesOf(
    {
      cpus: agent.cpus ?? machineCpus().length,
      mem: agent.mem ?? Math.floor(totalmem() / 1024 / 1024),
      disk: agent.disk ?? 100_000,
      gpus: agent.gpus ?? 0,
    },
    [{ begin, end }],
  );
  return Object.entries(agent.reserved ?? {})
    .map(reservedFor)
    .reduce(add, own);
}

function reservedFor([role, { cpus = 0, mem = 0, disk = 0, gpus = 0 }]: [string, LocalResources]): Resources {
  const { scalars } = resourcesOf({ cpus, mem, disk, gpus });
  return {
    ...NO_RESOURCES,
    scalars: new Map([...scalars].map(([name, value]) => [`${name}(${role})`, value])),
  };
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): Attribute[] {
  return Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number'
      ? { name, type: 'SCALAR', scalar: { value } }
      : { name, type: 'TEXT', text: { value } },
  );
}
