import type { Network, RunSpec } from '@carillon/contracts';
import type { ContainerInfo, Labels, NetworkInfo, PortMapping } from '@carillon/mesos';
import { PRIVILEGED } from './linux-privileges.js';
import { taskVolumes } from './task-volumes.js';

/** The network that Mesos's own containerizer bridges by, as Marathon names it. */
const MESOS_BRIDGE = 'mesos-bridge';

/** The container of a run, none for plain commands. `ports`: those that the task was given on its host. */
export function taskContainer(
  run: RunSpec,
  taskId: string,
  ports: readonly number[],
): ContainerInfo | undefined {
  const volumes = taskVolumes(run);
  const { docker, ucr, networks } = run;
  if (docker) {
    const { image, forcePullImage, privileged, parameters } = docker;
    const network = dockerNetwork(networks[0]);
    const mapped = network !== 'HOST' && ports.length > 0 ? { portMappings: portMappings(ports) } : {};
    return {
      type: 'DOCKER',
      docker: {
        ...{ image, network, privileged, forcePullImage, ...mapped },
        parameters: [...parameters, { key: 'label', value: `MESOS_TASK_ID=${taskId}` }],
      },
      volumes,
      networkInfos: networkInfos(networks, []),
    };
  }
  const infos = networkInfos(networks, ports, MESOS_BRIDGE);
  if (ucr) {
    const { id, forcePull } = ucr.image;
    const image = { type: 'DOCKER' as const, docker: { name: id }, cached: !forcePull };
    const linux = ucr.privileged ? { linuxInfo: PRIVILEGED } : {};
    return { type: 'MESOS', mesos: { image }, volumes, networkInfos: infos, ...linux };
  }
  if (infos.length === 0 && volumes.length === 0) return undefined;
  return { type: 'MESOS', ...(volumes.length > 0 ? { volumes } : {}), networkInfos: infos };
}

function dockerNetwork(network: Network | undefined): 'HOST' | 'BRIDGE' | 'USER' {
  if (network?.mode === 'container') return 'USER';
  return network?.mode === 'container/bridge' ? 'BRIDGE' : 'HOST';
}

/** Docker bridges by itself; elsewhere the bridge has a name. */
function networkInfos(
  networks: readonly Network[],
  ports: readonly number[],
  bridge?: string,
): NetworkInfo[] {
  return networks.flatMap(({ mode, name = mode === 'container/bridge' ? bridge : undefined, labels }) =>
    mode === 'container' || (mode === 'container/bridge' && bridge !== undefined)
      ? [
          {
            ...(name === undefined ? {} : { name }),
            labels: mesosLabels(labels),
            ...(ports.length > 0 ? { portMappings: portMappings(ports) } : {}),
          },
        ]
      : [],
  );
}

/** The task listens on the very ports that its environment names, in its own network too. */
const portMappings = (ports: readonly number[]): PortMapping[] =>
  ports.map((port) => ({ hostPort: port, containerPort: port, protocol: 'tcp' }));

export const mesosLabels = (labels: Readonly<Record<string, string>>): Labels => ({
  labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
});
