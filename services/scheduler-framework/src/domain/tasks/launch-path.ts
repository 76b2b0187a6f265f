import type { JobSpec } from '@carillon/contracts';
import type { CommandInfo, KillPolicy, Resource, TaskInfo } from '@carillon/mesos';
import { portsOf } from '../offers/offer-ports.js';
import { persistentPaths } from '../volumes/volume-holder.js';
import { taskChecks } from './task-checks.js';
import { mesosLabels, taskContainer } from './task-container.js';
import { type TaskPlace, taskEnvironment } from './task-environment.js';

export interface AttemptToLaunch {
  readonly spec: JobSpec;
  readonly runId: string;
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly resources: readonly Resource[];
  /** What is left of the run's time. */
  readonly timeoutMs?: number;
}

/**
 * How runs get onto an agent: which executor carries them. The matcher knows nothing of it; the launch loop asks the
 * policy which path a run takes, and each path has its own launch window per agent.
 */
export interface LaunchPath {
  readonly name: string;
  taskInfo(attempt: AttemptToLaunch): TaskInfo;
}

/** Each run is a command task with a command executor of its own, as in Metronome. */
export const commandExecutorPath: LaunchPath = {
  name: 'command',
  taskInfo({ spec, runId, taskId, agentId, hostname, resources, timeoutMs }) {
    const { run } = spec;
    const ports = portsOf(resources);
    const container = taskContainer(run, taskId, ports);
    const name = [runId, ...spec.id.split('.').reverse()].join('.');
    const grace = run.taskKillGracePeriodSeconds;
    return {
      name,
      taskId: { value: taskId },
      agentId: { value: agentId },
      resources,
      command: command(spec, { runId, taskId, hostname, resources }),
      ...(container ? { container } : {}),
      ...(grace === undefined ? {} : { killPolicy: killPolicy(grace) }),
      ...(timeoutMs === undefined ? {} : { maxCompletionTime: completionTime(timeoutMs, grace) }),
      labels: mesosLabels(spec.labels),
      ...taskChecks(run),
      discovery: {
        ...{ visibility: 'FRAMEWORK', name },
        ...(ports.length > 0 ? { ports: { ports: ports.map((number) => ({ number })) } } : {}),
      },
    };
  },
};

export const killPolicy = (graceSeconds: number): KillPolicy => ({
  gracePeriod: { nanoseconds: Math.round(graceSeconds * 1e9) },
});

/**
 * The leader kills what has taken too long, with its grace. This is for when there is none: later than the leader would
 * be done, because the executor grants no grace.
 */
const completionTime = (timeoutMs: number, graceSeconds = 3) => ({
  nanoseconds: Math.round((Math.max(0, timeoutMs) + LEADER_DELAY_MS) * 1e6 + graceSeconds * 1e9),
});
const LEADER_DELAY_MS = 10_000;

function command(spec: JobSpec, place: TaskPlace): CommandInfo {
  const { run } = spec;
  return {
    ...invocation(spec),
    environment: { variables: taskEnvironment(spec, place) },
    uris: run.artifacts.map(({ uri, extract, executable, cache }) => ({
      value: uri,
      extract,
      executable,
      cache,
    })),
    ...(run.user === undefined ? {} : { user: run.user }),
  };
}

function invocation({ run }: JobSpec): CommandInfo {
  if (run.cmd !== undefined) return { shell: true, value: run.cmd };
  const inContainer = run.docker !== undefined || run.ucr !== undefined;
  const [first] = run.args;
  return {
    shell: false,
    arguments: run.args,
    ...(first === undefined || inContainer ? {} : { value: first }),
  };
}

/** What the framework can have agents do at all. */
export interface ClusterAbility {
  /** Agents resolve references to secrets. */
  readonly secretsAreKnown: boolean;
  /** Those of the framework. */
  readonly roles: readonly string[];
}

/** Why this specification cannot be launched on any cluster, in words; undefined: it can. */
export function whyUnlaunchable(
  { run }: JobSpec,
  { secretsAreKnown, roles }: ClusterAbility,
): string | undefined {
  const secrets = [
    ...Object.values(run.env).map(({ secret }) => secret),
    ...run.volumes.map(({ secret }) => secret),
  ].filter((name) => name !== undefined);
  if (secrets.length > 0 && !secretsAreKnown) {
    const names = [...new Set(secrets)].sort().join(', ');
    return `secretsUnavailable: the job refers to the secrets ${names}, and agents are not said to know any (CARILLON_SECRETS)`;
  }
  const [persistent] = persistentPaths(run);
  if (persistent !== undefined && roles.every((role) => role === '*')) {
    return `volumesNeedRole: the volume ${persistent} is persistent, and Mesos reserves nothing for *, the framework's only role (CARILLON_MESOS_ROLE)`;
  }
  if (run.ucr?.image.kind === 'appc') return 'appcUnsupported: images of kind appc cannot be run';
  return undefined;
}
