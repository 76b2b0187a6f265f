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
  const variables = new Map<string, EnvironmentVariable>();
  const set: SetVariable = (name, value) => variables.set(name, { name, type: 'VALUE', value });
  set('MESOS_TASK_ID', taskId);
  set('MARATHON_APP_ID', `/${spec.id.replaceAll('.', '/')}/${runId}`);
  set('MARATHON_APP_VERSION', '1970-01-01T00:00:00.000Z');
  if (run.docker) set('MARATHON_APP_DOCKER_IMAGE', run.docker.image);
  set('MARATHON_APP_RESOURCE_CPUS', decimal(run.cpus));
  set('MARATHON_APP_RESOURCE_MEM', decimal(run.mem));
  set('MARATHON_APP_RESOURCE_DISK', decimal(run.disk));
  set('MARATHON_APP_RESOURCE_GPUS', String(run.gpus));
  set('HOST', hostname);
  setPorts(set, portsOf(resources));
  setLabels(set, spec.labels);
  const secrets: EnvironmentVariable[] = [];
  for (const { name, default: value } of run.parameters) if (value !== undefined) set(name, value);
  for (const [name, { value, secret }] of Object.entries(run.env)) {
    if (value !== undefined) set(name, value);
    if (secret === undefined) continue;
    variables.delete(name);
    secrets.push({ name, type: 'SECRET', secret: secretReference(run.secrets[secret]?.source ?? secret) });
  }
  return [...variables.values(), ...secrets];
}

type SetVariable = (name: string, value: string) => void;

/** As Marathon names them: PORT0 …, PORT for the first, PORTS for all. */
function setPorts(set: SetVariable, ports: readonly number[]): void {
  const [first] = ports;
  if (first === undefined) return;
  set('PORT', String(first));
  set('PORTS', ports.join(','));
  for (const [index, port] of ports.entries()) set(`PORT${index}`, String(port));
}

/** As Java prints a double: at least one decimal. */
const decimal = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));

function setLabels(set: SetVariable, labels: Readonly<Record<string, string>>): void {
  const kept = Object.entries(labels).flatMap(([key, value]) => {
    const name = key.replaceAll(/[^a-zA-Z0-9]/g, '_').toUpperCase();
    return name.length < MAX_LENGTH - LABEL_PREFIX.length && value.length < MAX_LENGTH
      ? [{ name, value }]
      : [];
  });
  set('MARATHON_APP_LABELS', kept.map(({ name }) => name).join(' '));
  for (const { name, value } of kept) set(`${LABEL_PREFIX}${name}`, value);
}
