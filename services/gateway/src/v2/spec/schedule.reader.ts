import { catchUpPolicyValues, concurrencyPolicyValues, type Schedule } from '@carillon/contracts';
import {
  as,
  boolean,
  integer,
  isObject,
  object,
  oneOf,
  type Reader,
  reader,
  refuse,
  string,
} from '../../metronome/readers.js';
import { JOB_ID } from '../../metronome/schedule.reader.js';
import { ignored, instant } from './readers.js';

const rules = {
  cron: string({ minLength: 1 }),
  interval: string({ minLength: 1 }),
  rrule: string({ minLength: 1 }),
  at: instant,
};
const members = object(
  { id: string({ minLength: 1, pattern: JOB_ID }) },
  {
    ...rules,
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
);

const withRule: typeof members = reader(members.schema, (value, at, problems) => {
  if (isObject(value) && !Object.keys(rules).some((name) => Object.hasOwn(value, name))) {
    refuse('A schedule needs exactly one of cron, interval, rrule and at, got none', at, problems);
  }
  return members(value, at, problems);
});

/** A schedule of any kind with its policies. That there is one rule and not two is the registry's to say. */
export const ownScheduleReader: Reader<Schedule> = as(withRule, ({ timeZone, timezone, ...raw }) => {
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
});
