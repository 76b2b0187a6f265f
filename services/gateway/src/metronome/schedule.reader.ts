import type { Schedule } from '@carillon/contracts';
import { as, boolean, integer, object, oneOf, type Reader, string } from './readers.js';

/** On the schedule endpoints: at least two characters, no dot. Inside a job: like the id of a job. */
const SCHEDULE_ID = /^([a-z0-9][a-z0-9-]*[a-z0-9]+)$/;
export const JOB_ID = /^([a-z0-9]+(-+[a-z0-9]+)*)(\.([a-z0-9]+(-+[a-z0-9]+)*))*$/;

const scheduleWithId = (id: Reader<string>): Reader<Schedule> =>
  as(
    object(
      { id, cron: string() },
      {
        timezone: string(),
        // What Metronome's own command line calls it.
        timeZone: string(),
        startingDeadlineSeconds: integer({ min: 1 }),
        concurrencyPolicy: oneOf(['ALLOW', 'FORBID']),
        enabled: boolean,
      },
      // So that a schedule which was read, with its nextRunAt, may be sent back.
      { additional: true },
    ),
    (raw) => ({
      id: raw.id,
      cron: raw.cron,
      timezone: raw.timezone ?? (raw.timeZone || 'UTC'),
      startingDeadlineSeconds: raw.startingDeadlineSeconds ?? 900,
      concurrencyPolicy: raw.concurrencyPolicy ?? 'ALLOW',
      enabled: raw.enabled ?? true,
    }),
  );

export const scheduleReader = scheduleWithId(string({ pattern: SCHEDULE_ID }));
export const embeddedScheduleReader = scheduleWithId(string({ minLength: 1, pattern: JOB_ID }));
