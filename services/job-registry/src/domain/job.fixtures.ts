import type { JobSpec, RunSpec, Schedule } from '@carillon/contracts';

/** Plain specifications for specs. */
export const runSpec = (changes: Partial<RunSpec> = {}): RunSpec => ({
  cpus: 0.1,
  mem: 32,
  disk: 0,
  gpus: 0,
  cmd: 'true',
  args: [],
  env: {},
  placement: { constraints: [] },
  artifacts: [],
  maxLaunchDelay: 3600,
  volumes: [],
  restart: { policy: 'NEVER' },
  secrets: {},
  networks: [],
  parameters: [],
  ...changes,
});

export const schedule = (changes: Partial<Schedule> = {}): Schedule => ({
  id: 'nightly',
  cron: '0 2 * * *',
  timezone: 'UTC',
  startingDeadlineSeconds: 900,
  concurrencyPolicy: 'ALLOW',
  enabled: true,
  ...changes,
});

export const jobSpec = (changes: Partial<JobSpec> = {}): JobSpec => ({
  id: 'prod.backup',
  dependencies: [],
  labels: {},
  schedules: [],
  run: runSpec(),
  ...changes,
});
