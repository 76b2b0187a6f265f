import { randomUUID } from 'node:crypto';
import { encodeEvent, type JobDefined, type Schedule, TOPICS } from '@carillon/contracts';
import { consumerMigrations, type ReceivedMessage } from '@carillon/event-log';
import {
  Aggregates,
  Database,
  EventStore,
  eventStoreMigrations,
  type StoredEvent,
} from '@carillon/event-store';
import { freshDatabase } from '@carillon/rigs';
import { rearmClocks } from '../adapters/postgres/rearm-clocks.js';
import { timerMigrations } from '../adapters/postgres/migrations.js';
import { PostgresArmedClocks } from '../adapters/postgres/postgres-armed-clocks.js';
import { CLOCK } from '../application/clock-stream.js';
import { FireDueClocks } from '../application/fire-due-clocks.js';
import { FollowJobs } from '../application/follow-jobs.js';
import { LONGEST_SLEEP_MS } from '../application/timer-loop.js';
import { clock } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';

export const MINUTE = 60_000;

/** One timer's parts on a connection pool of its own. */
export async function startTimerParts(url: string) {
  const database = await Database.connect({
    url,
    schema: 'timer',
    applicationName: 'timer-test',
    migrations: [...eventStoreMigrations, ...consumerMigrations, ...timerMigrations],
  });
  const store = new EventStore(database);
  const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
  const armed = new PostgresArmedClocks(database, LONGEST_SLEEP_MS);
  return {
    database,
    store,
    clocks,
    armed,
    follow: new FollowJobs(clocks, armed),
    fire: new FireDueClocks(database, store, armed),
    rearm: () => rearmClocks(database, armed),
  };
}

export type TimerParts = Awaited<ReturnType<typeof startTimerParts>>;

/** A real PostgreSQL database and as many timers on it as asked for. */
export async function timerRig(timers = 1) {
  const fresh = await freshDatabase();
  const parts: TimerParts[] = [];
  for (let i = 0; i < timers; i++) parts.push(await startTimerParts(fresh.url));
  const [first] = parts;
  if (!first) throw new Error('a rig has at least one timer');
  return {
    url: fresh.url,
    parts,
    first,
    now: () => first.database.now(),
    /** As a consumer would: in one transaction. */
    hear: (...messages: ReceivedMessage[]) =>
      first.database.transaction((tx) => first.follow.handle(tx, messages)),
    async events(type?: ClockEvent['type']): Promise<(StoredEvent & ClockEvent)[]> {
      const rows = await first.database.query<StoredEvent & ClockEvent>(
        'SELECT stream, version, type, data, metadata FROM events ORDER BY stream, version',
      );
      return type === undefined ? rows : rows.filter((row) => row.type === type);
    },
    armedRows: () => first.database.query('SELECT uid, next_due_at FROM armed_clocks ORDER BY uid'),
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
