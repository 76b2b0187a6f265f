import { randomUUID } from 'node:crypto';
import type { JobSpec } from '@carillon/contracts';
import { type Database, rolledBack } from '@carillon/event-store';
import type { Act } from '@carillon/service-runtime';
import { jobRegistryParts } from './job-registry-parts.js';

/** Creates jobs in this database, each of its own, and takes that back. */
export function rehearsedCreates(database: Database): Act {
  const { api } = jobRegistryParts(rolledBack(database));
  return {
    ...{ name: 'creates', times: 400, perTurn: 8 },
    perform: (count) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => api.createJob({ spec: plainJob(index % 2 === 0) })),
      ),
  };
}

const plainJob = (scheduled: boolean): JobSpec => ({
  ...{
    id: `rehearsal-${randomUUID()}`,
    description: 'rehearsed',
    labels: { team: 'none' },
    dependencies: [],
  },
  schedules: scheduled
    ? [
        {
          ...{ id: 'default', cron: '0 3 * * *', timezone: 'UTC', startingDeadlineSeconds: 900 },
          ...{ enabled: true, concurrencyPolicy: 'ALLOW' },
        },
      ]
    : [],
  run: {
    ...{ cmd: 'true', cpus: 0.1, mem: 32, disk: 0, gpus: 0, args: [], env: {}, volumes: [], artifacts: [] },
    ...{ placement: { constraints: [] }, maxLaunchDelay: 3_600, restart: { policy: 'NEVER' }, secrets: {} },
    ...{ networks: [], parameters: [] },
  },
});
