import { randomUUID } from 'node:crypto';
import { encodeEvent, type JobDefined, type PublicEvent, type Schedule, TOPICS } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';
import type { StoredEvent } from '@carillon/event-store';
import { freshDatabase } from '@carillon/rigs';
import { notFound } from '@carillon/event-sourcing';
import { connectTimerDatabase } from '../adapters/postgres/timer-database.js';
import type { ClockEvent } from '../domain/clock.events.js';
import { type RegistryForTimer, timerParts, type TimerParts } from '../timer-parts.js';

export const MINUTE = 60_000;

/** One timer's parts on a connection pool of its own. */
async function startTimerParts(url: string, registry: RegistryForTimer): Promise<TimerParts> {
  return timerParts(await connectTimerDatabase(url, 2), registry);
}

/** A registry that knows no jobs. */
export const emptyRegistry: RegistryForTimer = {
  listConnectedJobs: () => Promise.resolve({ jobs: [] }),
  getJob: ({ jobId }) => Promise.reject(notFound('jobNotFound', 'Job not found', { jobId })),
  getRevision: ({ jobId }) => Promise.reject(notFound('jobNotFound', 'Job not found', { jobId })),
};

/** A real PostgreSQL database and as many timers on it as asked for. */
export async function timerRig(timers = 1, registry: RegistryForTimer = emptyRegistry) {
  const fresh = await freshDatabase();
  const parts: TimerParts[] = [];
  for (let i = 0; i < timers; i++) parts.push(await startTimerParts(fresh.url, registry));
  const [first] = parts;
  if (!first) throw new Error('a rig has at least one timer');
  return {
    url: fresh.url,
    parts,
    first,
    now: () => first.database.now(),
    /** As a consumer would: in one transaction. */
    hear: (...messages: ReceivedMessage[]) =>
      first.database.transaction((tx) => first.hearJobs(tx, messages)),
    hearRuns: (...messages: ReceivedMessage[]) =>
      first.database.transaction((tx) => first.hearRuns(tx, messages)),
    async events(type?: ClockEvent['type']): Promise<(StoredEvent & ClockEvent)[]> {
      const rows = await first.database.query<StoredEvent & ClockEvent>(
        'SELECT stream, version, type, data, metadata FROM events ORDER BY stream, version',
      );
      return type === undefined ? rows : rows.filter((row) => row.type === type);
    },
    /** Clocks that have something left to decide, and when. */
    nextDue: () =>
      first.database.query<{ stream: string; dueAt: number }>(
        `SELECT stream, next_due_at::float8 AS "dueAt" FROM streams
         WHERE next_due_at IS NOT NULL ORDER BY stream`,
      ),
    /** Fires until nothing is due. */
    async fireAll(part: TimerParts = first, limit = 500): Promise<void> {
      while ((await part.fire.batch(limit)) > 0);
    },
    async stop(): Promise<void> {
      await Promise.all(parts.map(({ database }) => database.close()));
      await fresh.drop();
    },
  };
}

export type TimerRig = Awaited<ReturnType<typeof timerRig>>;

/** Daily at the minute of `instant`, UTC: due at that minute, then not for a day. */
export function dailyAt(instant: number): string {
  const date = new Date(instant);
  return `${date.getUTCMinutes()} ${date.getUTCHours()} * * *`;
}

export const schedule = (fields: Partial<Schedule> = {}): Schedule => ({
  id: 'main',
  cron: '* * * * *',
  timezone: 'UTC',
  startingDeadlineSeconds: 900,
  concurrencyPolicy: 'ALLOW',
  enabled: true,
  ...fields,
});

export function jobDefined(
  fields: Partial<JobDefined> & Pick<JobDefined, 'uid' | 'definedAt'>,
): ReceivedMessage {
  const data: JobDefined = {
    jobId: `job-${fields.uid}`,
    revision: 1,
    labels: {},
    dependencies: [],
    schedules: [schedule()],
    cpus: 1,
    mem: 32,
    disk: 0,
    gpus: 0,
    persistentVolumes: [],
    ...fields,
  };
  return message(
    encodeEvent('JobDefined', data, { eventId: randomUUID(), time: data.definedAt, source: 'job-registry' }),
  );
}

export function jobRemoved(uid: string, removedAt: number): ReceivedMessage {
  const data = { jobId: `job-${uid}`, uid, removedAt };
  return message(
    encodeEvent('JobRemoved', data, { eventId: randomUUID(), time: removedAt, source: 'job-registry' }),
  );
}

export function jobPaused(uid: string, pausedAt: number, until?: number): ReceivedMessage {
  const data = { jobId: `job-${uid}`, uid, pausedAt, ...(until === undefined ? {} : { until }) };
  return message(
    encodeEvent('JobPaused', data, { eventId: randomUUID(), time: pausedAt, source: 'job-registry' }),
  );
}

export function jobResumed(uid: string, resumedAt: number): ReceivedMessage {
  const data = { jobId: `job-${uid}`, uid, resumedAt };
  return message(
    encodeEvent('JobResumed', data, { eventId: randomUUID(), time: resumedAt, source: 'job-registry' }),
  );
}

/** A message of `carillon.runs`. */
export function runEvent<Type extends 'RunQueued' | 'RunSkipped' | 'RunEnded'>(
  type: Type,
  data: Extract<PublicEvent, { type: Type }>['data'],
): ReceivedMessage {
  const source = 'scheduler-framework';
  const meta = { eventId: randomUUID(), time: Date.now(), source };
  return { ...message(encodeEvent(type, data as never, meta)), topic: TOPICS.runs, source };
}

function message(encoded: Pick<ReceivedMessage, 'key' | 'headers' | 'value'>): ReceivedMessage {
  return {
    ...encoded,
    topic: TOPICS.jobs,
    partition: 0,
    offset: '0',
    source: 'job-registry',
    sourcePosition: { window: '1', position: '1' },
  };
}
