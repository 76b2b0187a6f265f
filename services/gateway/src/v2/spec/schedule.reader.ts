import { catchUpPolicyValues, concurrencyPolicyValues, type Schedule } from '@carillon/contracts';
import { as, boolean, integer, object, oneOf, type Reader, string } from '../../metronome/readers.js';
import { JOB_ID } from '../../metronome/schedule.reader.js';
import { ignored, instant } from './readers.js';

/** A schedule of any kind with its policies. That exactly one of cron, interval, rrule and at is there is the registry's rule. */
export const ownScheduleReader: Reader<Schedule> = as(
  object(
    { id: string({ minLength: 1, pattern: JOB_ID }) },
    {
      cron: string({ minLength: 1 }),
      interval: string({ minLength: 1 }),
      rrule: string({ minLength: 1 }),
      at: instant,
      timezone: string(),
      startingDeadlineSeconds: integer({ min: 1 }),
      concurrencyPolicy: oneOf(concurrencyPolicyValues),
      queueLimit: integer({ min: 1 }),
      catchUp: object({ policy: oneOf(catchUpPolicyValues) }, { limit: integer({ min: 1 }) }),
      from: instant,
      until: instant,
      maxRuns: integer({ min: 1 }),
      jitterSeconds: integer({ min: 0 }),
      excludedCalendar: string({ minLength: 1 }),
      enabled: boolean,
      nextDueAt: ignored({ type: ['string', 'null'], format: 'date-time' }),
      nextRunAt: ignored({}),
      // Metronome's own command line calls it so.
      timeZone: string(),
    },
  ),
  ({ timeZone, timezone, ...raw }) => {
    const schedule: Schedule & { nextDueAt?: undefined; nextRunAt?: undefined } = {
      ...raw,
      cron: raw.cron ?? '',
      timezone: timezone ?? (timeZone || 'UTC'),
      startingDeadlineSeconds: raw.startingDeadlineSeconds ?? 900,
      concurrencyPolicy: raw.concurrencyPolicy ?? 'ALLOW',
      enabled: raw.enabled ?? true,
    };
    delete schedule.nextDueAt;
    delete schedule.nextRunAt;
    return schedule;
  },
);
