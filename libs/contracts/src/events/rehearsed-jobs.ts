import { randomUUID } from 'node:crypto';
import type { Schedule } from '../generated/types.js';
import type { EncodedEvent } from './event.js';
import { encodeEvent } from './event-codec.js';

/** What the registry says of jobs that were just created, each of its own: for rehearsals. */
export function rehearsedJobs(count: number): EncodedEvent[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const uid = randomUUID();
    const defined = {
      ...{ jobId: `rehearsal-${uid}`, uid, revision: 1, definedAt: now, labels: { team: 'none' } },
      ...{ dependencies: [], cpus: 0.1, mem: 32, disk: 0, gpus: 0, persistentVolumes: [] },
      schedules: index % 2 === 0 ? [NIGHTLY] : [],
    };
    return encodeEvent('JobDefined', defined, { eventId: randomUUID(), time: now, source: 'rehearsal' });
  });
}

const NIGHTLY: Schedule = {
  ...{ id: 'default', cron: '0 3 * * *', timezone: 'UTC', startingDeadlineSeconds: 900 },
  ...{ enabled: true, concurrencyPolicy: 'ALLOW' },
};
