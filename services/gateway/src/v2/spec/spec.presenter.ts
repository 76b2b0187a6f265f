import type { JobSpec, RunParameter, RunSpec, Schedule, Volume } from '@carillon/contracts';
import { presentRunSpec } from '../../metronome/job.presenter.js';

/** A job as it is defined: what `ownJobSpecReader` reads back as the same, with nothing in it that time changes. */
export const presentSpec = (spec: JobSpec) => ({
  id: spec.id,
  ...given('description', spec.description),
  dependencies: spec.dependencies.map(({ id }) => ({ id })),
  labels: spec.labels,
  schedules: spec.schedules.map(presentRule),
  run: presentOwnRun(spec.run),
});

export const presentRule = (schedule: Schedule) => ({
  id: schedule.id,
  ...(schedule.cron === '' ? {} : { cron: schedule.cron }),
  ...given('interval', schedule.interval),
  ...given('rrule', schedule.rrule),
  ...given('at', instantOf(schedule.at)),
  timezone: schedule.timezone,
  startingDeadlineSeconds: schedule.startingDeadlineSeconds,
  concurrencyPolicy: schedule.concurrencyPolicy,
  ...given('queueLimit', schedule.queueLimit),
  ...given('catchUp', schedule.catchUp),
  ...given('from', instantOf(schedule.from)),
  ...given('until', instantOf(schedule.until)),
  ...given('maxRuns', schedule.maxRuns),
  ...given('jitterSeconds', schedule.jitterSeconds),
  ...given('excludedCalendar', schedule.excludedCalendar),
  enabled: schedule.enabled,
});

const presentOwnRun = (run: RunSpec) => ({
  ...presentRunSpec(run),
  placement: {
    constraints: run.placement.constraints.map(({ attribute, operator, value }) => ({
      attribute,
      operator,
      ...given('value', value),
    })),
  },
  volumes: run.volumes.map(presentVolume),
  ...given('retry', run.retry),
  ...given('timeoutSeconds', run.timeoutSeconds),
  ...given('priority', run.priority),
  ...(run.parameters.length > 0 ? { parameters: run.parameters.map(presentParameter) } : {}),
  ...given('ports', run.ports),
  ...given('limits', run.limits),
  ...given('healthCheck', run.healthCheck),
});

const presentVolume = ({ containerPath, hostPath, mode, secret, external, persistent }: Volume) => ({
  containerPath,
  ...given('hostPath', hostPath),
  ...given('mode', mode),
  ...given('secret', secret),
  ...given('external', external),
  ...given('persistent', persistent),
});

const presentParameter = ({ name, type, default: value, choices, description }: RunParameter) => ({
  name,
  type,
  ...given('default', value === undefined ? undefined : typed(value, type)),
  ...(choices.length > 0 ? { choices: choices.map((choice) => typed(choice, type)) } : {}),
  ...given('description', description),
});

/** Stored as text; shown as what it is. */
function typed(text: string, type: RunParameter['type']): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  return type === 'string' ? text : Number(text);
}

const instantOf = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

const given = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
