import type { JobSpec } from '@carillon/contracts';
import type { EnvironmentVariable, Resource } from '@carillon/mesos';
import { portsOf } from '../offers/offer-ports.js';
import { secretReference } from './task-volumes.js';

const LABEL_PREFIX = 'MARATHON_APP_LABEL_';
const MAX_LENGTH = 512;

export interface TaskPlace {
  readonly runId: string;
  readonly taskId: string;
  readonly hostname: string;
  readonly resources: readonly Resource[];
}

/** What Metronome puts into a task's environment; the job's own variables win. Secrets are references. */
export function taskEnvironment(
  spec: JobSpec,
  { runId, taskId, hostname, resources }: TaskPlace,
): EnvironmentVariable[] {
  const { run } = spec;
  const variables: Record<string, string> = {
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: `/${[...spec.id.split('.'), runId].join('/')}`,
    MARATHON_APP_VERSION: '1970-01-01T00:00:00.000Z',
    ...(run.docker ? { MARATHON_APP_DOCKER_IMAGE: run.docker.image } : {}),
    MARATHON_APP_RESOURCE_CPUS: decimal(run.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(run.mem),
    MARATHON_APP_RESOURCE_DISK: decimal(run.disk),
    MARATHON_APP_RESOURCE_GPUS: String(run.gpus),
    HOST: hostname,
    ...portVariables(portsOf(resources)),
    ...labelVariables(spec.labels),
  };
  const secrets: EnvironmentVariable[] = [];
  for (const { name, default: value } of run.parameters) if (value !== undefined) variables[name] = value;
  for (const [name, { value, secret }] of Object.entries(run.env)) {
    if (value !== undefined) variables[name] = value;
    if (secret === undefined) continue;
    Reflect.deleteProperty(variables, name);
    secrets.push({ name, type: 'SECRET', secret: secretReference(run.secrets[secret]?.source ?? secret) });
  }
  const values = Object.entries(variables).map(([name, value]) => ({ name, type: 'VALUE' as const, value }));
  return [...values, ...secrets];
}

/** As Marathon names them: PORT0 …, PORT for the first, PORTS for all. */
function portVariables(ports: readonly number[]): Record<string, string> {
  const [first] = ports;
  if (first === undefined) return {};
  return {
    PORT: String(first),
    PORTS: ports.join(','),
    ...Object.fromEntries(ports.map((port, index) => [`PORT${index}`, String(port)])),
  };
}

/** As Java prints a double: at least one decimal. */
const decimal = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));

function labelVariables(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(labels).flatMap(([key, value]) => {
    const name = key.replaceAll(/[^a-zA-Z0-9]/g, '_').toUpperCase();
    return name.length < MAX_LENGTH - LABEL_PREFIX.length && value.length < MAX_LENGTH
      ? [{ name, value }]
      : [];
  });
  return {
    MARATHON_APP_LABELS: kept.map(({ name }) => name).join(' '),
    ...Object.fromEntries(kept.map(({ name, value }) => [`${LABEL_PREFIX}${name}`, value])),
  };
}
