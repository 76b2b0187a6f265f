import pg from 'pg';
import { type PostgresServer, startPostgres } from './postgres-server.js';

export interface FreshDatabase {
  readonly url: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

let own: Promise<PostgresServer> | undefined;

/**
 * An empty database of its own for a test. The server behind it is, in this order: the one that TEST_DATABASE_URL
 * names; the one that vitest's global set-up starts for the whole run; one of this process, which ends with it.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const admin = await serverUrl();
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await execute(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => execute(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function serverUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const shared = process.env['CARILLON_RIG_POSTGRES'];
  if (shared !== undefined) return askForUrl(shared);
  own ??= startPostgres().then((server) => {
    process.once('beforeExit', () => void server.stop());
    return server;
  });
  return (await own).url;
}

async function askForUrl(rig: string): Promise<string> {
  const answer = await fetch(rig);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
