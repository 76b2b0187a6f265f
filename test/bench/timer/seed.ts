import { replay } from '@carillon/event-sourcing';
import { clock } from '@carillon/timer';
import type pg from 'pg';

export interface SeedSchedule {
  readonly cron: string;
  readonly timezone: string;
}

export interface Seed {
  readonly count: number;
  /** Given out in turn. */
  readonly schedules: readonly SeedSchedule[];
  /** The jobs are defined at this instant: nothing before it is due. */
  readonly from: number;
  readonly startingDeadlineSeconds?: number;
}

const UID = '00000000-0000-4000-8000-000000000000';

/**
 * Clocks of so many jobs, as the decider leaves them when it hears of the job, written by one statement. Their first events,
 * which firing does not read, are left out.
 */
export async function seedClocks(client: pg.Client, seed: Seed): Promise<void> {
  const states = seed.schedules.map((schedule) => JSON.stringify(armed(schedule, seed)));
  await client.query(
    `INSERT INTO timer.streams (stream, version, state, next_due_at)
     SELECT 'clock-' || uid, 1, replace(template.state, $2, uid)::json, (template.state::json->>'nextDueAt')::bigint
     FROM (SELECT n, gen_random_uuid()::text AS uid FROM generate_series(1, $1) AS n) AS job
     JOIN unnest($3::text[]) WITH ORDINALITY AS template (state, i) ON template.i = 1 + job.n % $4`,
    [seed.count, UID, states, states.length],
  );
  await client.query('ANALYZE timer.streams');
  await client.query('CHECKPOINT');
}

function armed({ cron, timezone }: SeedSchedule, { from, startingDeadlineSeconds = 86_400 }: Seed) {
  const command = {
    type: 'ReviseSchedules' as const,
    ...{ jobId: `bench.${UID}`, uid: UID, revision: 1, definedAt: from },
    schedules: [{ id: 'main', cron, timezone, startingDeadlineSeconds, enabled: true }],
  };
  const blank = clock.initialState();
  return replay(clock, clock.decide(command, blank), blank);
}

const ZONES = ['UTC', 'Europe/Rome', 'America/New_York'] as const;

/** Daily at that second in three zones, by 28 expressions that differ. */
export function dailyAt(instant: number): SeedSchedule[] {
  return Array.from({ length: 84 }, (_, index) => {
    const timezone = ZONES[index % ZONES.length] ?? 'UTC';
    const { second, minute, hour } = localTime(instant, timezone);
    const years = `1970-${2070 + Math.floor(index / ZONES.length)}`;
    return { cron: `${second} ${minute} ${hour} * * * ${years}`, timezone };
  });
}

/** Hourly at each second of the hour, in three zones. */
export function hourlyEachSecond(): SeedSchedule[] {
  return ZONES.flatMap((timezone) =>
    Array.from({ length: 3600 }, (_, s) => ({ cron: `${s % 60} ${Math.floor(s / 60)} * * * * *`, timezone })),
  );
}

function localTime(instant: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  } as const);
  const [hour, minute, second] = format.format(instant).split(':').map(Number);
  return { hour, minute, second };
}
