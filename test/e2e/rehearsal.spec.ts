import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@carillon/embedded-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from './support/api.js';
import { startStandalone, type StandaloneProcess } from './support/standalone.js';

let folder: string;
let spans: string;
let carillon: StandaloneProcess;
let database: pg.Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-rehearsal-'));
  await chmod(folder, 0o755);
  spans = join(folder, 'spans');
  const dataDir = join(folder, 'data');
  carillon = await startStandalone({ dataDir, env: { CARILLON_TRACE_FILE: spans } });
  const { url } = await startPostgres({ dataDir: join(dataDir, 'postgres'), socket: true }); // adopts the running one
  database = new pg.Client({ connectionString: url });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await carillon.interrupt();
  await rm(folder, { recursive: true, force: true });
});

/** Rows that were inserted, also in transactions that were rolled back, and those that are there. */
const TABLES = `
  SELECT schemaname || '.' || relname AS name, n_tup_ins::int AS inserted,
    (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', schemaname, relname), false, true, '')))[1]::text::int AS rows
  FROM pg_stat_user_tables`;

interface Table {
  readonly name: string;
  readonly inserted: number;
  readonly rows: number;
}

/** Half of the jobs have a schedule. */
const REHEARSED = {
  'job_registry.streams': 400,
  'event_log.log_messages': 400,
  'timer.streams': 200,
  'history.public_events': 400,
};
/** What a process without jobs has. */
const OF_THE_PROCESS =
  /^(event_log\.log_partitions|history\.writer|scheduler_framework\.(epochs|framework_ids|leases)|timer\.zone_data|.*\.(schema_migrations|relay_cursors|consumer_topics))$/;

test('what a process rehearses after its start is done in its tables, and nobody can tell', {
  timeout: 90_000,
}, async () => {
  let tables: readonly Table[] = [];
  const inserted = async () => {
    tables = (await database.query<Table>(TABLES)).rows;
    const found = tables.filter(({ name }) => name in REHEARSED);
    return Object.fromEntries(found.map(({ name, inserted }) => [name, inserted]));
  };
  // PostgreSQL tells it ten seconds after a connection had nothing more to do.
  await expect.poll(inserted, { timeout: 60_000, interval: 500 }).toEqual(REHEARSED);

  const left = tables.filter(({ name, rows }) => rows > 0 && !OF_THE_PROCESS.test(name));
  expect(left).toEqual([]);
  const api = new Api(carillon.apiUrl);
  expect(await api.expect(200, 'GET', '/v1/jobs')).toEqual([]);
  const metrics = await (await fetch(`${carillon.adminUrl}/metrics`)).text();
  expect(metrics).toContain('http_server_request_duration_seconds_count');
  expect(metrics).not.toContain('method="POST"');
  expect(await readFile(spans, 'utf8')).not.toContain('POST');
  expect(carillon.lines).toEqual([expect.stringMatching(/^API at /)]);
});
