import { randomUUID } from 'node:crypto';
import type { JobSpec, RunSpec, Schedule } from '../generated/types.js';
import type { EncodedEvent } from './event.js';
import { encodeEvent } from './event-codec.js';

/** Plain jobs to rehearse with, each of its own, every other one with a schedule. */
export const rehearsedSpecs = (count: number): JobSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `rehearsal-${randomUUID()}`, description: 'rehearsed', labels: { team: 'none' } },
    ...{ dependencies: [], schedules: index % 2 === 0 ? [NIGHTLY] : [], run: PLAIN },
  }));

/** What the registry says of such jobs when they were just created. */
export function rehearsedJobs(count: number): EncodedEvent[] {
  const now = Date.now();
  return rehearsedSpecs(count).map(({ id: jobId, labels, dependencies, schedules, run }) => {
    const { cpus, mem, disk, gpus } = run;
    const defined = {
      ...{ jobId, uid: randomUUID(), revision: 1, definedAt: now, labels, dependencies, schedules },
      ...{ cpus, mem, disk, gpus, persistentVolumes: [] },
    };
    return encodeEvent('JobDefined', defined, { eventId: randomUUID(), time: now, source: 'rehearsal' });
  });
}

const NIGHTLY: Schedule = {
  ...{ id: 'default', cron: '0 3 * * *', timezone: 'UTC', startingDeadlineSeconds: 900 },
  ...{ enabled: true, concurrencyPolicy: 'ALLOW' },
};

const PLAIN: RunSpec = {
  ...{ cmd: 'true', cpus: 0.1, mem: 32, disk: 0, gpus: 0, args: [], env: {}, volumes: [], artifacts: [] },
  ...{ placement: { constraints: [] }, maxLaunchDelay: 3_600, restart: { policy: 'NEVER' }, secrets: {} },
  ...{ networks: [], parameters: [] },
};
