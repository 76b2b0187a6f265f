import type { RunSpec, Volume } from '@carillon/contracts';
import type { Secret, Volume as MesosVolume } from '@carillon/mesos';

/** A host path needs an image, as in Metronome; external volumes and secrets do not. Persistent ones are resources. */
export function taskVolumes(run: RunSpec): MesosVolume[] {
  const hasImage = run.docker !== undefined || run.ucr !== undefined;
  return run.volumes.flatMap((volume) => taskVolume(volume, run, hasImage));
}

function taskVolume(volume: Volume, { secrets }: RunSpec, hasImage: boolean): MesosVolume[] {
  const { containerPath, hostPath, mode, secret, external } = volume;
  if (secret !== undefined) {
    const reference = secretReference(secrets[secret]?.source ?? secret);
    return [{ containerPath, mode: 'RO', source: { type: 'SECRET', secret: reference } }];
  }
  const access = mode === 'RO' ? 'RO' : 'RW';
  if (external) {
    const { driver, name, options } = external;
    const parameter = Object.entries(options).map(([key, value]) => ({ key, value }));
    const dockerVolume = { driver, name, ...(parameter.length > 0 ? { driverOptions: { parameter } } : {}) };
    return [{ containerPath, mode: access, source: { type: 'DOCKER_VOLUME', dockerVolume } }];
  }
  return hostPath === undefined || !hasImage ? [] : [{ containerPath, hostPath, mode: access }];
}

/** Resolved by the agent's secret resolver: the value is never here. */
export const secretReference = (name: string): Secret => ({ type: 'REFERENCE', reference: { name } });
