import { encodeEvent, TOPICS } from '@carillon/contracts';
import { consumerMigrations, type ReceivedMessage } from '@carillon/event-log';
import { Database, EventStore, eventStoreMigrations } from '@carillon/event-store';
import { type Decider, type DomainEvent, replay } from '@carillon/event-sourcing';
import { freshDatabase } from '@carillon/rigs';
import { runDecider } from '@carillon/scheduler-framework';
import { connectTimerDatabase, timerParts } from '@carillon/timer';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from './checks.js';
import { type Deployment, openDeployment } from './deployment.js';

const MINUTE = 60_000;
const nobody = () => Promise.reject(new Error('nobody was to be asked'));
const registry = { listConnectedJobs: nobody, getJob: nobody, getRevision: nobody };

let url: string;
let admin: pg.Client;
const undo: (() => Promise<unknown>)[] = [];

/** A small deployment that holds what it promises: a timer of its own, and of the others what the checks look at. */
beforeAll(async () => {
  const fresh = await freshDatabase();
  url = fresh.url;
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const databases = await Promise.all(
    ['job_registry', 'scheduler_framework', 'history'].map((schema) =>
      Database.connect({
        url,
        schema,
        applicationName: 'spec',
        migrations: [...eventStoreMigrations, ...consumerMigrations],
      }),
    ),
  );
  const timer = await connectTimerDatabase(url, 1);
  undo.push(
    () => admin.end(),
    ...[...databases, timer].map((database) => () => database.close()),
    () => fresh.drop(),
  );
  const { hearJobs, fire } = timerParts(timer, registry);
  const minute = Math.floor((await timer.now()) / MINUTE) * MINUTE;
  await timer.transaction((tx) =>
    hearJobs(tx, [jobDefined('u1', minute - 20 * MINUTE), jobDefined('u2', minute)]),
  );
  while ((await fire.batch(10)) > 0);
  const { rows } = await admin.query<{ uid: string; runId: string }>(
    `SELECT data->>'uid' AS uid, data->>'runId' AS "runId" FROM timer.events WHERE type = 'RunDue' ORDER BY position`,
  );
  const framework = databases[1];
  if (!framework) throw new Error('no database');
  const store = new EventStore(framework);
  for (const [index, run] of rows.entries()) {
    const types =
      index === 0
        ? ['RunSkipped']
        : ['RunQueued', 'AttemptLaunched', 'AttemptEnded', 'AttemptLaunched', 'AttemptEnded', 'RunEnded'];
    const data = { ...run, jobId: `job-${run.uid}`, trigger: 'schedule', attempt: 1 };
    const events = types.map((type) => ({ type, data }));
    const state = replay(runDecider as Decider<unknown, never, DomainEvent>, events);
    await store.append(undefined, [
      { stream: `run-${run.runId}/${run.uid}`, expectedVersion: 0, events, state },
    ]);
  }
  await admin.query(`
    CREATE TABLE history.public_events (position bigint, source text, job_id text, event_id text, time bigint);
    INSERT INTO history.public_events
      SELECT row_number() OVER (ORDER BY source, position), source, data->>'jobId', metadata->>'eventId',
             extract(epoch FROM recorded_at) * 1000
      FROM (SELECT 'timer' AS source, * FROM timer.events
            UNION ALL SELECT 'scheduler-framework', * FROM scheduler_framework.events) AS e;
    INSERT INTO timer.relay_cursors SELECT 'timer', max(tick), max(position) FROM timer.events;
    INSERT INTO scheduler_framework.relay_cursors
      SELECT 'scheduler-framework', max(tick), max(position) FROM scheduler_framework.events`);
});
afterAll(async () => {
  for (const step of undo) await step();
});

function jobDefined(uid: string, definedAt: number): ReceivedMessage {
  const schedule = {
    ...{ id: 'main', cron: '* * * * *', timezone: 'UTC', startingDeadlineSeconds: 300 },
    ...{ concurrencyPolicy: 'ALLOW' as const, enabled: true },
  };
  const data = {
    ...{ jobId: `job-${uid}`, uid, revision: 1, definedAt, labels: {}, dependencies: [] },
    ...{ schedules: [schedule], cpus: 1, mem: 32, disk: 0, gpus: 0, persistentVolumes: [] },
  };
  const encoded = encodeEvent('JobDefined', data, { eventId: uid, time: definedAt, source: 'job-registry' });
  const sourcePosition = { window: '1', position: '1' };
  return {
    ...encoded,
    topic: TOPICS.jobs,
    partition: 0,
    offset: '0',
    source: 'job-registry',
    sourcePosition,
  };
}

/** The names of the checks that find something, with what they find. */
async function findings(): Promise<Record<string, string>> {
  const urls = { job_registry: url, timer: url, scheduler_framework: url, history: url };
  const deployment = await openDeployment({ urls, graceMs: -90_000 }); // all has settled that is not due in a minute
  try {
    const found: Record<string, string> = {};
    for (const { name, run } of checks) {
      const { violations } = await run(deployment);
      if (violations.length > 0) found[name] = violations.join('; ');
    }
    return found;
  } finally {
    await deployment.close();
  }
}

const WAITS = 'no due instant waits for a decision'; // with a grace that reaches into the future, all do
const UNSAFE = 'what is acknowledged is on disk'; // the database of tests does not sync

test('a deployment that holds what it promises', async () => {
  expect(Object.keys(await findings()).sort()).toEqual([WAITS, UNSAFE].sort());
});

test('a history that has forgotten in the order in which it heard', async () => {
  await admin.query('CREATE TABLE public.kept AS SELECT * FROM history.public_events');
  await admin.query('UPDATE history.public_events SET position = 100000 WHERE position = 1'); // it came late
  await admin.query('DELETE FROM history.public_events WHERE position < 10');
  const found = await findings();
  await admin.query('TRUNCATE history.public_events');
  await admin.query('INSERT INTO history.public_events SELECT * FROM public.kept');
  expect(Object.keys(found).sort()).toEqual([WAITS, UNSAFE].sort());
});

describe('a violation is found', () => {
  const EVENT = `tick, stream, version, type, schema_version, data, metadata`;
  const last = (schema: string, type: string) =>
    `(SELECT position FROM ${schema}.events WHERE type = '${type}' ORDER BY position DESC LIMIT 1)`;

  test.each<[string, string, string]>([
    [
      'a due instant is decided once',
      `INSERT INTO timer.events (${EVENT}) SELECT tick, stream, version + 1, type, schema_version, data, metadata
       FROM timer.events WHERE position = ${last('timer', 'RunDue')}`,
      '2 times',
    ],
    [
      'no due instant is lost, and clocks are what their events say',
      `DELETE FROM timer.events WHERE position = (SELECT min(position) FROM timer.events WHERE type = 'RunDue')`,
      'is next',
    ],
    [
      'no due instant is lost, and clocks are what their events say',
      `UPDATE timer.events SET data = (data::jsonb || '{"count": 3}')::json WHERE type = 'DueInstantsMissed'`,
      'says that 3 instants were missed',
    ],
    [
      'no due instant is lost, and clocks are what their events say',
      `UPDATE timer.streams SET state = (state::jsonb || '{"revision": 9}')::json WHERE stream = 'clock-u1'`,
      'clock-u1: its state is not what its events lead to',
    ],
    [
      'clocks are found when they are due',
      `UPDATE timer.streams SET next_due_at = next_due_at + 60000 WHERE stream = 'clock-u1'`,
      'clock-u1 is found as due at',
    ],
    [
      'clocks are found when they are due',
      `UPDATE timer.streams SET next_due_at = NULL WHERE stream = 'clock-u2'`,
      'clock-u2 is found as due at no time',
    ],
    [
      'every due run was let in or skipped',
      `DELETE FROM scheduler_framework.events WHERE type = 'RunSkipped'`,
      'nothing became of it',
    ],
    [
      'a run is let in or skipped once',
      `INSERT INTO scheduler_framework.events (${EVENT})
       SELECT tick, stream || 'x', version, 'RunSkipped', schema_version, data, metadata
       FROM scheduler_framework.events WHERE position = ${last('scheduler_framework', 'RunQueued')}`,
      '2 times',
    ],
    [
      'a run has one attempt at a time',
      `DELETE FROM scheduler_framework.events WHERE version = 3`,
      'before the last one had ended',
    ],
    [
      'a run ends once',
      `INSERT INTO scheduler_framework.events (${EVENT}) SELECT tick, stream, version + 1, type, schema_version, data, metadata
       FROM scheduler_framework.events WHERE position = ${last('scheduler_framework', 'RunEnded')}`,
      '2 times',
    ],
    [
      'timer: streams are whole',
      `UPDATE timer.streams SET version = version + 1 WHERE stream = 'clock-u2'`,
      'clock-u2 is at version',
    ],
    [
      'timer: streams are whole',
      `DELETE FROM timer.streams WHERE stream = 'clock-u2'`,
      'events and no state',
    ],
    [
      'scheduler_framework: states are what their events lead to',
      `UPDATE scheduler_framework.streams SET state = '{"status": "queued"}'
       WHERE stream = (SELECT max(stream) FROM scheduler_framework.streams)`,
      'its state is not what its events lead to',
    ],
    [
      'every run of a schedule, dependency or backfill was decided',
      `DELETE FROM timer.events WHERE position = ${last('timer', 'RunDue')}`,
      'was let in or skipped, and no timer decided it',
    ],
    [
      'timer: nothing is passed over before it is written',
      `UPDATE timer.relay_cursors SET tick = tick + 1000000`,
      'comes next',
    ],
    [
      'timer: what was committed is published',
      `UPDATE timer.relay_cursors SET position = 0, tick = 0`,
      'waits to be published',
    ],
    [
      'history has what was published',
      `DELETE FROM history.public_events WHERE event_id IN
         (SELECT metadata->>'eventId' FROM timer.events WHERE position = ${last('timer', 'RunDue')})`,
      'RunDue clock-',
    ],
    [
      'history has what was published',
      `INSERT INTO timer.events (${EVENT}) SELECT tick, stream, version + 1, 'WorkflowRunEnded', schema_version, data, '{"eventId": "e"}'
       FROM timer.events WHERE position = ${last('timer', 'RunDue')}`,
      'WorkflowRunEnded clock-',
    ],
    [
      'history: no message was put aside',
      `INSERT INTO history.dead_letters (consumer, topic, partition, source, source_window, source_position, key, headers, value, reason)
       VALUES ('history', 'carillon.runs', 0, 's', 1, 1, 'prod.dump', '{}', '', 'bad bytes')`,
      'carillon.runs prod.dump: bad bytes',
    ],
  ])('%s', async (name, planted, words) => {
    try {
      await admin.query('CREATE SCHEMA kept');
      const [schema = '', table = ''] = (/(\w+)\.(\w+)/.exec(planted) ?? []).slice(1);
      await admin.query(`CREATE TABLE kept.rows AS SELECT * FROM ${schema}.${table}`);
      await admin.query(planted);
      expect((await findings())[name]).toContain(words);
      await admin.query(`DELETE FROM ${schema}.${table}`);
      const columns = await admin.query<{ list: string }>(
        `SELECT string_agg(quote_ident(column_name), ', ') AS list FROM information_schema.columns
         WHERE table_schema = $1 AND table_name = $2 AND is_identity = 'NO' AND is_generated = 'NEVER'`,
        [schema, table],
      );
      const list = columns.rows[0]?.list ?? '';
      await admin.query(`INSERT INTO ${schema}.${table} (${list}) SELECT ${list} FROM kept.rows`);
    } finally {
      await admin.query('DROP SCHEMA IF EXISTS kept CASCADE');
    }
  });

  test('of more runs than are read at once, and never all of them', async () => {
    const many = (schema: string, type: string, from: number) =>
      admin.query(`
        INSERT INTO ${schema}.events (${EVENT})
        SELECT tick, 'many-' || g, 1, '${type}', schema_version, json_build_object('uid', 'many', 'runId', g), metadata
        FROM ${schema}.events, generate_series(${from}, 12000) AS g
        WHERE position = ${last(schema, type)}`);
    await many('timer', 'RunDue', 1);
    await many('scheduler_framework', 'RunQueued', 3);
    const urls = { job_registry: url, timer: url, scheduler_framework: url, history: url };
    const deployment = await openDeployment({ urls, graceMs: -90_000 });
    let most = 0;
    const query: Deployment['query'] = async <Row>(...asked: Parameters<Deployment['query']>) => {
      const rows = await deployment.query<Row>(...asked);
      most = Math.max(most, rows.length);
      return rows;
    };
    const { violations } = (await checks
      .find(({ name }) => name === 'every due run was let in or skipped')
      ?.run({ ...deployment, query })) ?? { violations: [] };
    await deployment.close();
    for (const schema of ['timer', 'scheduler_framework'])
      await admin.query(`DELETE FROM ${schema}.events WHERE stream LIKE 'many-%'`);
    expect(violations).toEqual([1, 2].map((n) => `many ${n} was due, and nothing became of it`));
    expect(most).toBeLessThan(6_000);
  });

  test(WAITS, async () => {
    expect((await findings())[WAITS]).toContain('is due since');
  });

  test(UNSAFE, async () => {
    expect((await findings())[UNSAFE]).toContain('timer: fsync is off');
  });
});
