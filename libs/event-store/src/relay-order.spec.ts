import { freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { relayOrderContract } from './contract/relay-order.contract.js';
import { Database } from './database.js';
import { EventStore } from './event-store.js';
import { freshStore } from './test/fixture.js';
import { appendOne, openWriter, RecordingLog, relayOf } from './test/relay-rig.js';

const placed = async (database: Database) => {
  const rows = await database.query<{ event: string }>(
    `SELECT stream || '@' || version AS event FROM events ORDER BY tick, position`,
  );
  return rows.map(({ event }) => event);
};

relayOrderContract('PostgreSQL', async () => ({ ...(await freshStore()), openWriter, order: placed }));

let fixture: Awaited<ReturnType<typeof freshStore>>;
let database: Database;
beforeAll(async () => {
  fixture = await freshStore();
  database = fixture.database;
});
afterAll(() => fixture.drop());

it('does not wait for a writer in a neighbouring database, though that holds back the whole cluster', async () => {
  const neighbour = await freshDatabase();
  const options = { url: neighbour.url, schema: 'any', applicationName: 'neighbour', migrations: [] };
  const there = await Database.connect(options);
  const here = await connectAsOrdinaryUser();
  const writer = await openWriter(there);
  const [horizon] = await database.query<{ xmin: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin',
  );
  expect(BigInt(horizon!.xmin)).toBeLessThanOrEqual(writer.xid);
  const hereLog = new RecordingLog();
  const hereRelay = relayOf(here.database, hereLog);
  hereRelay.start();
  for (const version of [0, 1, 2]) await appendOne(new EventStore(here.database), undefined, 's', version);
  await vi.waitFor(() => expect(hereLog.published).toEqual(['s@1', 's@2', 's@3']), 5_000);
  await writer.commit();
  await hereRelay.stop();
  await here.drop();
  await there.close();
  await neighbour.drop();
});

/** Without any right to watch others. */
async function connectAsOrdinaryUser() {
  const role = `ordinary_${process.pid}`;
  const url = Object.assign(new URL(fixture.url), { username: role, password: 'ordinary' });
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'ordinary'`);
  await database.query(`GRANT CREATE ON DATABASE ${url.pathname.slice(1)} TO ${role}`);
  const connected = await fixture.connect('ordinary', url.href);
  return {
    database: connected,
    async drop() {
      await connected.close();
      await database.query(`DROP OWNED BY ${role}`);
      await database.query(`DROP ROLE ${role}`);
    },
  };
}
