import type { Network, RunSpec, Volume } from '@carillon/contracts';
import type { ContainerInfo, Labels, NetworkInfo, Volume as MesosVolume } from '@carillon/mesos';

/** The container of a run, none for plain commands. Metronome applies host volumes only together with an image. */
export function taskContainer(run: RunSpec, taskId: string): ContainerInfo | undefined {
  if (run.docker) {
    const { image, forcePullImage, privileged, parameters } = run.docker;
    return {
      type: 'DOCKER',
      docker: {
        image,
        network: dockerNetwork(run.networks[0]),
        privileged,
        forcePullImage,
        parameters: [...parameters, { key: 'label', value: `MESOS_TASK_ID=${taskId}` }],
      },
      volumes: hostVolumes(run.volumes),
      networkInfos: networkInfos(run.networks),
    };
  }
  if (run.ucr) {
    const { id, forcePull } = run.ucr.image;
    return {
      type: 'MESOS',
      mesos: { image: { type: 'DOCKER', docker: { name: id }, cached: !forcePull } },
      volumes: hostVolumes(run.volumes),
      networkInfos: networkInfos(run.networks),
    };
  }
  const infos = networkInfos(run.networks);
  return infos.length === 0 ? undefined : { type: 'MESOS', networkInfos: infos };
}

function dockerNetwork(network: Network | undefined): 'HOST' | 'BRIDGE' | 'USER' {
  if (network?.mode === 'container') return 'USER';
  return network?.mode === 'container/bridge' ? 'BRIDGE' : 'HOST';
}

const networkInfos = (networks: readonly Network[]): NetworkInfo[] =>
  networks
    .filter(({ mode }) => mode === 'container')
    .map(({ name, labels }) => ({ ...(name === undefined ? {} : { name }), labels: mesosLabels(labels) }));

const hostVolumes = (volumes: readonly Volume[]): MesosVolume[] =>
  volumes.flatMap(({ containerPath, hostPath, mode }) =>
    hostPath === undefined ? [] : [{ containerPath, hostPath, mode: mode === 'RO' ? 'RO' : 'RW' }],
  );

export const mesosLabels = (labels: Readonly<Record<string, string>>): Labels => ({
  labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
});
