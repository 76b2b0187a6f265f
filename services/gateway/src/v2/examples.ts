export const EXAMPLE_SCHEDULE = {
  id: 'nightly',
  cron: '30 2 * * *',
  timezone: 'Europe/Rome',
  concurrencyPolicy: 'FORBID',
};

/** Two bodies that say most of what there is to say. */
export const EXAMPLE_JOB = {
  id: 'team.report',
  description: 'Sends the report of the day',
  labels: { team: 'data' },
  run: {
    cpus: 0.5,
    mem: 128,
    disk: 0,
    cmd: 'send-report --day "$DAY"',
    parameters: [{ name: 'DAY', default: 'today' }],
    retry: { limit: 3, delaySeconds: 30, backoffFactor: 2 },
    timeoutSeconds: 3600,
  },
  schedules: [EXAMPLE_SCHEDULE],
};
