import type { Constraint, EnvValue, JobSpec, RunSpec, Volume } from '@carillon/contracts';
import { isCron, presentSchedule } from './schedule.presenter.js';

/** What POST, PUT and DELETE answer. */
export function presentJobSpec(spec: JobSpec, now: number): object {
  const { schedules, run, ...head } = presentParts(spec, now);
  return { ...head, schedules, run };
}

/** What GET answers: the same in another order, followed by the embedded parts that are given. */
export function presentJobInfo(spec: JobSpec, now: number, embedded: object = {}): object {
  const { schedules, run, ...head } = presentParts(spec, now);
  return { ...head, run, schedules, ...embedded };
}

const presentParts = (spec: JobSpec, now: number) => ({
  id: spec.id,
  ...given('description', spec.description),
  dependencies: spec.dependencies.map(({ id }) => ({ id })),
  labels: spec.labels,
  schedules: spec.schedules.filter(isCron).map((schedule) => presentSchedule(schedule, spec.id, now)),
  run: presentRunSpec(spec.run),
});

export const presentRunSpec = (run: RunSpec) => ({
  cpus: run.cpus,
  mem: run.mem,
  disk: run.disk,
  gpus: run.gpus,
  ...given('cmd', run.cmd),
  ...(run.args.length > 0 ? { args: run.args } : {}),
  ...given('user', run.user),
  env: Object.fromEntries(Object.entries(run.env).map(([name, value]) => [name, presentEnv(value)])),
  placement: {
    constraints: run.placement.constraints.flatMap(({ attribute, operator, value }) => {
      const known = OPERATORS[operator];
      return known === undefined ? [] : [{ attribute, operator: known, ...given('value', value) }];
    }),
  },
  artifacts: run.artifacts.map(({ uri, extract, executable, cache }) => ({
    uri,
    extract,
    executable,
    cache,
  })),
  maxLaunchDelay: run.maxLaunchDelay,
  ...given(
    'docker',
    run.docker && {
      image: run.docker.image,
      privileged: run.docker.privileged,
      parameters: run.docker.parameters.map(({ key, value }) => ({ key, value })),
      forcePullImage: run.docker.forcePullImage,
    },
  ),
  ...given(
    'ucr',
    run.ucr && {
      image: { id: run.ucr.image.id, kind: run.ucr.image.kind, forcePull: run.ucr.image.forcePull },
      privileged: run.ucr.privileged,
    },
  ),
  volumes: run.volumes.filter(isMetronomes).map(presentVolume),
  restart: {
    policy: run.restart.policy,
    ...given('activeDeadlineSeconds', run.restart.activeDeadlineSeconds),
  },
  ...given('taskKillGracePeriodSeconds', run.taskKillGracePeriodSeconds),
  secrets: Object.fromEntries(Object.entries(run.secrets).map(([name, { source }]) => [name, { source }])),
  networks: run.networks.map(({ mode, name, labels }) => ({
    ...(name ? { name } : {}),
    mode,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  })),
});

/** The others look at other runs of the job, which Metronome has no words for. */
const OPERATORS: Partial<Record<Constraint['operator'], 'IS' | 'LIKE' | 'UNLIKE'>> = {
  IS: 'IS',
  EQUALS: 'IS',
  LIKE: 'LIKE',
  UNLIKE: 'UNLIKE',
};

const presentEnv = ({ value, secret }: EnvValue) => (secret === undefined ? (value ?? '') : { secret });

/** What it has no words for is left out: what it is shown can be sent back. */
const isMetronomes = ({ hostPath, secret }: Volume) => hostPath !== undefined || secret !== undefined;

const presentVolume = ({ containerPath, hostPath, mode, secret }: Volume) =>
  secret === undefined ? { containerPath, hostPath, mode } : { containerPath, secret };

const given = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
