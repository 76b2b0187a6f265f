import pg from 'pg';
import { expect, it } from 'vitest';
import { freshDatabase } from './postgres.js';

it('gives an empty PostgreSQL 18 database and removes it again', async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ version: number; tables: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version,
            (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`,
  );
  expect(rows).toEqual([{ version: 18, tables: 0 }]);
  await database.drop();
  await expect(client.query('SELECT 1')).rejects.toThrow();
});
