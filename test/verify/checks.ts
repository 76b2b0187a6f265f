import { eventTopics } from '@carillon/contracts';
import { checkClocks } from './clocks.js';
import { type Deployment, rowsOf, type Service, SERVICES } from './deployment.js';
import type { Finding } from './finding.js';
import { checkStates } from './states.js';

export interface Check {
  readonly name: string;
  readonly run: (deployment: Deployment) => Promise<Finding>;
}

const MOST_SHOWN = 20;
const PUBLIC = `(${Object.keys(eventTopics)
  .map((type) => `'${type}'`)
  .join(', ')})`;
/** With the last version of each, and how many there are. */
const STREAMS_OF_EVENTS = `
  (SELECT stream, max(version) AS last, count(*) AS n, count(DISTINCT version) AS versions,
          bool_or(type = 'WorkflowRunEnded') AS ended
   FROM events GROUP BY stream)`;
/** Long after its end, a workflow run has no row any more, only its events. */
const IS_FORGOTTEN = `e.stream LIKE 'workflow-%' AND e.ended`;
const sourceOf = (service: Service) => service.replace('_', '-');
const run = `(data->>'uid' || ' ' || (data->>'runId'))`;

/** Rows of (what, count): those that count more than once are wrong. */
const once = (service: Service, name: string, sql: string): Check => ({
  name,
  async run({ query }) {
    const [all] = await query<{ n: number }>(service, `SELECT count(*)::int AS n FROM (${sql}) AS a (what)`);
    const wrong = await query<{ what: string; n: number }>(
      service,
      `SELECT what, count(*)::int AS n FROM (${sql}) AS a (what)
       GROUP BY what HAVING count(*) > 1 ORDER BY what LIMIT ${MOST_SHOWN}`,
    );
    return { checked: all?.n ?? 0, violations: wrong.map(({ what, n }) => `${what}: ${n} times`) };
  },
});

/** Every row of `sql` (as `what`) is wrong. */
const none = (service: Service, name: string, counted: string, sql: string, settled = false): Check => ({
  name,
  async run({ query, settledBefore }) {
    const [all] = await query<{ n: number }>(service, `SELECT count(*)::int AS n FROM ${counted}`);
    const wrong = await query<{ what: string }>(
      service,
      `${sql} LIMIT ${MOST_SHOWN}`,
      settled ? [settledBefore] : [],
    );
    return { checked: all?.n ?? 0, violations: wrong.map(({ what }) => what) };
  },
});

const recordedMs = 'extract(epoch FROM recorded_at) * 1000';

/** What ARCHITECTURE.md guarantees, as far as the databases show it. */
export const checks: readonly Check[] = [
  once(
    'timer',
    'a due instant is decided once',
    `SELECT data->>'uid' || ' ' || (data->>'scheduleId') || ' ' || (data->>'dueAt') FROM events
     WHERE type = 'RunDue' AND stream LIKE 'clock-%'`,
  ),
  { name: 'no due instant is lost, and clocks are what their events say', run: checkClocks },
  none(
    'timer',
    'no due instant waits for a decision',
    `streams WHERE state->>'nextDueAt' IS NOT NULL`,
    `SELECT stream || ' is due since ' || to_timestamp((state->>'nextDueAt')::bigint / 1000.0) AS what
     FROM streams WHERE (state->>'nextDueAt')::bigint < $1::bigint`,
    true,
  ),
  none(
    'timer',
    'clocks are found when they are due',
    'streams WHERE next_due_at IS NOT NULL',
    `SELECT stream || ' is found as due at ' || coalesce(next_due_at::text, 'no time') || ', its state says '
            || coalesce(state->>'nextDueAt', 'no time') AS what
     FROM streams WHERE next_due_at IS DISTINCT FROM (state->>'nextDueAt')::bigint`,
  ),
  { name: 'every due run was let in or skipped', run: everyDueRunAdmitted },
  { name: 'every run of a schedule, dependency or backfill was decided', run: everyRunDecided },
  once(
    'scheduler_framework',
    'a run is let in or skipped once',
    `SELECT ${run} FROM events WHERE type IN ('RunQueued', 'RunSkipped')`,
  ),
  none(
    'scheduler_framework',
    'a run has one attempt at a time',
    `events WHERE type = 'AttemptLaunched'`,
    `SELECT stream || ' launched attempt ' || (data->>'attempt') || ' before the last one had ended' AS what
     FROM (SELECT *, lag(type) OVER (PARTITION BY stream ORDER BY version) AS before FROM events
           WHERE type IN ('AttemptLaunched', 'AttemptEnded')) AS a
     WHERE type = 'AttemptLaunched' AND before = 'AttemptLaunched'`,
  ),
  once('scheduler_framework', 'a run ends once', `SELECT ${run} FROM events WHERE type = 'RunEnded'`),
  ...(['job_registry', 'timer', 'scheduler_framework'] as const).flatMap((service) => [
    none(
      service,
      `${service}: streams are whole`,
      'streams',
      `SELECT s.stream || ' is at version ' || s.version || ', its events at ' || coalesce(e.last, 0)
              || ' with ' || coalesce(e.n, 0) || ' of them' AS what
       FROM streams s LEFT JOIN ${STREAMS_OF_EVENTS} e USING (stream)
       WHERE s.version IS DISTINCT FROM e.last OR e.n <> e.last OR e.versions <> e.last
       UNION ALL
       SELECT e.stream || ' has ' || e.n || ' events and no state' AS what
       FROM ${STREAMS_OF_EVENTS} e LEFT JOIN streams s USING (stream)
       WHERE s.stream IS NULL AND NOT (${IS_FORGOTTEN})`,
    ),
    {
      name: `${service}: states are what their events lead to`,
      run: (deployment: Deployment) => checkStates(deployment, service),
    },
    none(
      service,
      `${service}: nothing is passed over before it is written`,
      'relay_cursors',
      `SELECT source || ' has published up to ' || tick || ', and ' || next || ' comes next' AS what
       FROM relay_cursors, (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + tick_offset() AS next) AS n
       WHERE tick > next`,
    ),
    none(
      service,
      `${service}: what was committed is published`,
      'events',
      `SELECT e.stream || '@' || e.version || ' waits to be published' AS what
       FROM events e LEFT JOIN relay_cursors c ON c.source = '${sourceOf(service)}'
       WHERE (e.tick, e.position) > (coalesce(c.tick, 0), coalesce(c.position, 0)) AND ${recordedMs} < $1::float8
         AND e.type IN ${PUBLIC}`,
      true,
    ),
  ]),
  { name: 'history has what was published', run: historyHasAll },
  ...(['timer', 'scheduler_framework', 'history'] as const).map((service) =>
    none(
      service,
      `${service}: no message was put aside`,
      'consumer_positions',
      `SELECT topic || ' ' || key || ': ' || left(reason, 200) AS what FROM dead_letters`,
    ),
  ),
  { name: 'what is acknowledged is on disk', run: durable },
];

/** Both sides in the same order, side by side: there may be millions. */
async function everyDueRunAdmitted(deployment: Deployment): Promise<Finding> {
  const due = rowsOf<{ what: string }>(
    deployment,
    'timer',
    `SELECT ${run} COLLATE "C" AS what FROM events WHERE type = 'RunDue' AND ${recordedMs} < $1::float8 ORDER BY what`,
    [deployment.settledBefore],
  );
  const answered = rowsOf<{ what: string }>(
    deployment,
    'scheduler_framework',
    `SELECT ${run} COLLATE "C" AS what FROM events WHERE type IN ('RunQueued', 'RunSkipped') ORDER BY what`,
  );
  return within(due, answered, 'was due, and nothing became of it');
}

/** The other way round: but for those that people started, which the timer does not know. */
async function everyRunDecided(deployment: Deployment): Promise<Finding> {
  const admitted = rowsOf<{ what: string }>(
    deployment,
    'scheduler_framework',
    `SELECT ${run} COLLATE "C" AS what FROM events WHERE type IN ('RunQueued', 'RunSkipped')
       AND data->>'trigger' IN ('schedule', 'dependency', 'backfill') AND ${recordedMs} < $1::float8 ORDER BY what`,
    [deployment.settledBefore], // what is younger may have been decided after this look at the timer's
  );
  const due = rowsOf<{ what: string }>(
    deployment,
    'timer',
    `SELECT ${run} COLLATE "C" AS what FROM events WHERE type = 'RunDue' ORDER BY what`,
  );
  return within(admitted, due, 'was let in or skipped, and no timer decided it');
}

type Rows = AsyncGenerator<{ readonly what: string }, undefined>;

/** Those that the others lack; both ascending. */
async function within(some: Rows, others: Rows, otherwise: string): Promise<Finding> {
  const violations: string[] = [];
  let checked = 0;
  let other = await others.next();
  for await (const { what } of some) {
    checked++;
    while (other.value !== undefined && other.value.what < what) other = await others.next();
    if (other.value?.what !== what && violations.length < MOST_SHOWN) violations.push(`${what} ${otherwise}`);
  }
  await others.return(undefined);
  return { checked, violations };
}

/** Events of a job that are recorded within so long of each other may be published the other way round. */
const DISORDER_MS = 60_000;

/**
 * Of each service's newest events, as far back as history keeps them: by job, whose events come in order. It forgets in the
 * order in which they came to it, and what waited in one place came later than what was recorded after it in another.
 */
async function historyHasAll({ query, settledBefore }: Deployment): Promise<Finding> {
  const keptSince = await query<{ of: string; first: string; since: string }>(
    'history',
    `SELECT source || ' ' || job_id AS of, min(position) AS first, min(time) AS since FROM public_events GROUP BY 1`,
  );
  const isWhole = keptSince.length === 0 || keptSince.some(({ first }) => first === '1');
  const since = new Map(keptSince.map((kept) => [kept.of, Number(kept.since) + DISORDER_MS]));
  const published = await Promise.all(
    (['job_registry', 'timer', 'scheduler_framework'] as const).map((service) =>
      query<{ id: string; what: string; of: string; at: string }>(
        service,
        `SELECT metadata->>'eventId' AS id, type || ' ' || stream AS what, ${recordedMs} AS at,
                '${sourceOf(service)} ' || coalesce(data->>'jobId', data->'spec'->>'id') AS of FROM events
         WHERE type IN ${PUBLIC} AND ${recordedMs} < $1::float8 ORDER BY position DESC LIMIT 100000`,
        [settledBefore],
      ),
    ),
  );
  const events = published.flat().filter(({ of, at }) => isWhole || Number(at) > (since.get(of) ?? Infinity));
  const there = await query<{ id: string }>(
    'history',
    'SELECT event_id AS id FROM public_events WHERE event_id = ANY($1::text[])',
    [events.map(({ id }) => id)],
  );
  const known = new Set(there.map(({ id }) => id));
  const missing = events.filter(({ id }) => !known.has(id));
  return {
    checked: events.length,
    violations: missing.slice(0, MOST_SHOWN).map(({ what }) => `${what} is missing`),
  };
}

async function durable({ query }: Deployment): Promise<Finding> {
  const violations: string[] = [];
  for (const service of SERVICES) {
    const rows = await query<{ name: string; setting: string }>(
      service,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'`,
    );
    for (const { name } of rows) violations.push(`${service}: ${name} is off`);
  }
  return { checked: SERVICES.length, violations };
}
