import { randomUUID } from 'node:crypto';
import { Database, eventStoreMigrations } from '@carillon/event-store';
import pg from 'pg';
import { BATCH, CLAIMERS, DAY, each, type Leg } from './legs.js';

/**
 * Claim, append the same events and arm, with nothing decided and no streams: what the database takes at least. Its events
 * are as long as the timer's.
 */
export async function bareLoop(
  url: string,
  schedules: number,
): Promise<{ leg: Leg; close(): Promise<void> }> {
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
    INSERT INTO armed SELECT gen_random_uuid(), 1 FROM generate_series(1, ${schedules});
    ANALYZE armed`);
  return {
    leg: (batches) => each(clients, batches, bareBatch),
    close: async () => {
      await clients[0]?.query('DROP SCHEMA bare CASCADE');
      await Promise.all(clients.map((client) => client.end()));
    },
  };
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
    return JSON.stringify({ ...run, dueAt: instant, decidedAt: instant, trigger: 'schedule' });
  });
  const metadata = uids.map(() =>
    JSON.stringify({
      eventId: randomUUID(),
      traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
      correlationId: '20260101000000abcde',
    }),
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
