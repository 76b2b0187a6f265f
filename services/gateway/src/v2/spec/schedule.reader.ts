import { catchUpPolicyValues, concurrencyPolicyValues, type Schedule } from '@carillon/contracts';
import {
  as,
  boolean,
  described,
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
  cron: described(
    string({ minLength: 1 }),
    'Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at',
  ),
  interval: described(string({ minLength: 1 }), 'ISO 8601: R[n]/start/period'),
  rrule: described(string({ minLength: 1 }), 'RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines'),
  at: described(instant, 'Due once, at this instant'),
};
const members = object(
  { id: string({ minLength: 1, pattern: JOB_ID }) },
  {
    ...rules,
    timezone: described(string(), 'An IANA zone; UTC unless told'),
    startingDeadlineSeconds: described(
      integer({ min: 1 }),
      'A run that has not started by then does not start any more; 60 at least, 900 unless told',
    ),
    concurrencyPolicy: described(
      oneOf(concurrencyPolicyValues),
      'What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told',
    ),
    queueLimit: described(integer({ min: 1 }), 'How many may wait, with QUEUE'),
    catchUp: described(
      object({ policy: oneOf(catchUpPolicyValues) }, { limit: integer({ min: 1 }) }),
      'Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told',
    ),
    from: described(instant, 'No due instant before it'),
    until: described(instant, 'No due instant at or after it'),
    maxRuns: described(integer({ min: 1 }), 'Due instants in all, since the schedule was defined'),
    jitterSeconds: described(
      integer({ min: 0 }),
      'A run starts up to this much after its due instant, the same for the same instant',
    ),
    excludedCalendar: described(
      string({ minLength: 1 }),
      'No due instant inside it: an iCalendar text, weekends, or time intervals, one after another',
    ),
    enabled: described(boolean, 'true unless told'),
    nextDueAt: ignored({ type: ['string', 'null'], format: 'date-time' }),
    problem: ignored({ type: 'string' }),
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
  const schedule: Schedule & { nextDueAt?: undefined; problem?: undefined; nextRunAt?: undefined } = {
    ...raw,
    cron: raw.cron ?? '',
    timezone: timezone ?? (timeZone || 'UTC'),
    startingDeadlineSeconds: raw.startingDeadlineSeconds ?? 900,
    concurrencyPolicy: raw.concurrencyPolicy ?? 'ALLOW',
    enabled: raw.enabled ?? true,
  };
  delete schedule.nextDueAt;
  delete schedule.problem;
  delete schedule.nextRunAt;
  return schedule;
});
