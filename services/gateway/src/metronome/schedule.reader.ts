import type { Schedule } from '@carillon/contracts';
import { as, boolean, integer, object, oneOf, type Reader, reader, refuse, string } from './readers.js';

/** On the schedule endpoints: at least two characters, no dot. Inside a job: like the id of a job. */
const SCHEDULE_ID = /^([a-z0-9][a-z0-9-]*[a-z0-9]+)$/;
export const JOB_ID = /^([a-z0-9]+(-+[a-z0-9]+)*)(\.([a-z0-9]+(-+[a-z0-9]+)*))*$/;

const NOT_METRONOMES =
  'expected five fields (minute hour day-of-month month day-of-week) and optionally a year; seconds, names such as @daily, H, ~ and ? are for /v2';

/**
 * Metronome's five fields and a year, without what Carillon adds: seconds, nicknames, and `H`, `~` and `?`. All else that
 * may be wrong with it is the registry's to say.
 */
const cron: Reader<string> = reader({ type: 'string' }, (value, at, problems) => {
  const text = string()(value, at, problems);
  if (text === null) return null;
  const fields = text.trim().split(/\s+/);
  if (fields.length <= 6 && !/^@|[~?]|(^|[\s,/])H([\s,/(]|$)/i.test(text.trim())) return text;
  refuse(`Can not read cron expression ${JSON.stringify(text)}`, at, problems);
  return refuse(NOT_METRONOMES, at, problems);
});

const scheduleWith = (id: Reader<string>, cronText: Reader<string>): Reader<Schedule> =>
  as(
    object(
      { id, cron: cronText },
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

const ownId = string({ pattern: SCHEDULE_ID });
const embeddedId = string({ minLength: 1, pattern: JOB_ID });

export const scheduleReader = scheduleWith(ownId, cron);
export const embeddedScheduleReader = scheduleWith(embeddedId, cron);

/** In changes: what was shown may be sent back, also a cron expression that came from /v2. */
export const shownScheduleReader = scheduleWith(ownId, string());
export const embeddedShownScheduleReader = scheduleWith(embeddedId, string());
