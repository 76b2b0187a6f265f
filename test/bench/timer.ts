import { randomUUID } from 'node:crypto';
import { encodeEvent, type JobDefined, TOPICS } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';
import { Database, eventStoreMigrations } from '@carillon/event-store';
import { startPostgres } from '@carillon/rigs';
import { compileSchedule } from '@carillon/time';
import { connectTimerDatabase, timerParts, type TimerParts } from '@carillon/timer';
import pg from 'pg';

const MINUTE = 60_000;
const DAY = 86_400_000;
const SCHEDULES = Number(process.env['BENCH_SCHEDULES'] ?? 100_000);
const BATCH = 1_000;
const CLAIMERS = 2;
/** Transactions of each claimer before the other side has its turn. */
const LEG = 5;

/** Nobody ends runs here, so nobody is asked. */
const NO_JOBS = {
  listConnectedJobs: () => Promise.resolve({ jobs: [] }),
  getJob: () => Promise.reject(new Error('no job was expected')),
  getRevision: () => Promise.reject(new Error('no job was expected')),
};

/** Fires some batches of what is due; false when nothing is left. */
type Leg = (batches: number) => Promise<boolean>;

/**
 * Schedules that are due in the same instant, fsync on. First the timer's claim, decide and append in turns with a bare
 * loop that only claims, appends the same events and arms, so that both see the same machine; then the timer alone, for
 * its lag; and the cost of one next instant.
 */
export async function run(): Promise<void> {
  nextInstants();
  const postgres = await startPostgres({ durable: true });
  try {
    await inTurns(postgres.url);
    await alone(postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function inTurns(url: string): Promise<void> {
  const bare = await bareLoop(url);
  const timer = await armedTimer(url);
  await timer.admin.query('CHECKPOINT');
  const spent = { bare: 0, timer: 0 };
  const ratios: number[] = [];
  for (;;) {
    const bareMs = await timed(() => bare.leg(LEG));
    const began = performance.now();
    const more = await timer.leg(LEG);
    const timerMs = performance.now() - began;
    spent.bare += bareMs;
    spent.timer += timerMs;
    if (!more) break;
    ratios.push(timerMs / bareMs);
  }
  await bare.close();
  await timer.close();
  ratios.sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1] ?? Number.NaN;
  console.log(
    `${SCHEDULES} due at once, in turns: bare loop ${rate(spent.bare)}/s, timer ${rate(spent.timer)}/s, ` +
      `ratio ${(spent.timer / spent.bare).toFixed(2)}, of a turn ${median.toFixed(2)} in the median (aim: at most 1.70)`,
  );
}

async function alone(url: string): Promise<void> {
  const { admin, database, leg, close } = await armedTimer(url);
  const startedAt = await database.now();
  const ms = await timed(() => leg(Number.POSITIVE_INFINITY));
  const { rows } = await admin.query<{ runs: number; p50: number; p99: number; max: number }>(
    `SELECT count(*)::int AS runs, percentile_disc(0.5) WITHIN GROUP (ORDER BY lag) AS p50,
            percentile_disc(0.99) WITHIN GROUP (ORDER BY lag) AS p99, max(lag) AS max
     FROM (SELECT round(extract(epoch FROM recorded_at) * 1000 - $1)::float8 AS lag
           FROM timer.events WHERE type = 'RunDue')`,
    [startedAt],
  );
  const [found] = rows;
  await close();
  if (found?.runs !== SCHEDULES) throw new Error(`${found?.runs} runs for ${SCHEDULES} schedules`);
  console.log(
    `${SCHEDULES} due at once, alone: ${(ms / 1000).toFixed(2)} s (${rate(ms)}/s); ` +
      `lag to appended p50 ${found.p50} ms, p99 ${found.p99} ms, max ${found.max} ms`,
  );
}

const rate = (ms: number) => Math.round((SCHEDULES / ms) * 1000);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Claim, append the same events and arm, with nothing decided and no streams: what the database takes at least. */
async function bareLoop(url: string): Promise<{ leg: Leg; close(): Promise<void> }> {
  const schema = await Database.connect({
    url,
    schema: 'bare',
    applicationName: 'bare',
    migrations: eventStoreMigrations,
  });
  await schema.close();
  const connectionString = `${url}?options=-csearch_path%3Dbare`;
  const clients = Array.from({ length: CLAIMERS }, () => new pg.Client({ connectionString }));
  await Promise.all(clients.map((client) => client.connect()));
  await clients[0]?.query(`
    CREATE TABLE armed (uid text COLLATE "C" PRIMARY KEY, next_due_at bigint NOT NULL) WITH (fillfactor = 70);
    CREATE INDEX ON armed (next_due_at);
    INSERT INTO armed SELECT gen_random_uuid(), 1 FROM generate_series(1, ${SCHEDULES});
    ANALYZE armed`);
  return {
    leg: (batches) => each(clients, batches, bareBatch),
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

/** So many batches by each, at the same time. */
async function each<T>(
  claimers: readonly T[],
  batches: number,
  batch: (by: T) => Promise<number>,
): Promise<boolean> {
  const full = await Promise.all(
    claimers.map(async (claimer) => {
      for (let done = 0; done < batches; done++) if ((await batch(claimer)) < BATCH) return false;
      return true;
    }),
  );
  return full.every(Boolean);
}

async function bareBatch(client: pg.Client): Promise<number> {
  await client.query('BEGIN');
  const { rows } = await client.query<{ uid: string }>({
    name: 'claim',
    text: 'SELECT uid FROM armed WHERE next_due_at <= $2 ORDER BY next_due_at LIMIT $1 FOR UPDATE SKIP LOCKED',
    values: [BATCH, 1],
  });
  const uids = rows.map(({ uid }) => uid);
  const instant = Date.now();
  const data = uids.map((uid) => {
    const run = {
      jobId: `bench.${uid}`,
      uid,
      revision: 1,
      runId: '20260101000000abcde',
      scheduleId: 'main',
    };
    return JSON.stringify({ ...run, dueAt: instant, decidedAt: instant });
  });
  const metadata = uids.map(() =>
    JSON.stringify({ eventId: randomUUID(), correlationId: '20260101000000abcde' }),
  );
  await client.query({
    name: 'append',
    text: `INSERT INTO events (tick, stream, version, type, schema_version, data, metadata)
             SELECT pg_current_xact_id()::text::bigint, 'clock-' || uid, 2, 'RunDue', 1, data, metadata
             FROM unnest($1::text[], string_to_array($2, E'\\n')::json[], string_to_array($3, E'\\n')::json[])
               AS e (uid, data, metadata)`,
    values: [uids, data.join('\n'), metadata.join('\n')],
  });
  await client.query({
    name: 'arm',
    text: 'UPDATE armed SET next_due_at = $2 WHERE uid = ANY($1::text[])',
    values: [uids, DAY],
  });
  await client.query('COMMIT');
  return uids.length;
}

async function armedTimer(url: string) {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('DROP SCHEMA IF EXISTS timer CASCADE');
  const database = await connectTimerDatabase(url, CLAIMERS);
  const parts = timerParts(database, NO_JOBS);
  await arm(parts, Math.floor((await database.now()) / MINUTE) * MINUTE);
  await admin.query('ANALYZE timer.streams');
  const leg: Leg = (batches) =>
    each(Array<TimerParts>(CLAIMERS).fill(parts), batches, ({ fire }) => fire.batch(BATCH));
  return {
    admin,
    database,
    leg,
    close: async () => {
      await database.close();
      await admin.end();
    },
  };
}

/** As the jobs' consumer does, in its batches. */
async function arm({ database, hearJobs }: TimerParts, dueAt: number): Promise<void> {
  const date = new Date(dueAt);
  const zones = ['UTC', 'Europe/Rome', 'America/New_York'] as const;
  for (let from = 0; from < SCHEDULES; from += 500) {
    const messages = Array.from({ length: Math.min(500, SCHEDULES - from) }, (_, index) => {
      const timezone = zones[index % zones.length] ?? 'UTC';
      return jobDefined(dueAt, timezone, cronAt(date, timezone, (from + index) % 28));
    });
    await database.transaction((tx) => hearJobs(tx, messages));
  }
}

/** Daily at that minute in the zone, except on one day of another month: 28 expressions a zone. */
function cronAt(date: Date, timeZone: string, variant: number): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
  });
  const [hour, minute] = parts.format(date).split(':').map(Number);
  return `${minute} ${hour} * * ${variant % 2 === 0 ? '*' : '0-6'} 1970-${2070 + variant}`;
}

function jobDefined(dueAt: number, timezone: string, cron: string): ReceivedMessage {
  const uid = randomUUID();
  const data: JobDefined = {
    jobId: `bench.${uid}`,
    uid,
    revision: 1,
    definedAt: dueAt,
    labels: {},
    dependencies: [],
    schedules: [
      {
        id: 'main',
        cron,
        timezone,
        startingDeadlineSeconds: 86_400,
        concurrencyPolicy: 'ALLOW',
        enabled: true,
      },
    ],
    cpus: 0.1,
    mem: 32,
    disk: 0,
    gpus: 0,
  };
  const meta = { eventId: uid, time: dueAt, source: 'job-registry' };
  const place = {
    partition: 0,
    offset: '0',
    source: 'job-registry',
    sourcePosition: { window: '1', position: '1' },
  };
  return { ...encodeEvent('JobDefined', data, meta), ...place, topic: TOPICS.jobs };
}

function nextInstants(): void {
  const expressions = ['*/5 * * * *', '30 2 * * 1-5', '0 9 1-7 * 1', '0 0 LW * *', '0 0 29 2 *'];
  for (const timezone of ['UTC', 'Europe/Rome']) {
    const costs = expressions.map((cron) => `${cron}: ${nanosecondsPerCall(cron, timezone)} ns`);
    console.log(`next(), ${timezone}: ${costs.join(', ')}`);
  }
}

function nanosecondsPerCall(cron: string, timezone: string): number {
  const schedule = compileSchedule({ cron, timezone });
  const from = Date.UTC(2026, 0);
  const calls = 200_000;
  const work = () => {
    for (let i = 0; i < calls; i++) schedule.next(from + ((i * 7919) % 525_600) * MINUTE);
  };
  work();
  const began = performance.now();
  work();
  return Math.round(((performance.now() - began) / calls) * 1e6);
}
