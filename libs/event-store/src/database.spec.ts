import { freshDatabase, type FreshDatabase, startPostgres } from '@carillon/rigs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from './database.js';
import { together } from './transaction.js';

const migrations = [
  { name: '001-things', up: 'CREATE TABLE things (id int PRIMARY KEY); CREATE INDEX ON things (id);' },
];

function connect(url: string, schema = 'service', more = migrations) {
  return Database.connect({ url, schema, applicationName: 'spec', migrations: more });
}

describe('Database', () => {
  let postgres: FreshDatabase;
  beforeAll(async () => {
    postgres = await freshDatabase();
  });
  afterAll(() => postgres.drop());

  it('lets instances that start together apply each migration once', async () => {
    const instances = await Promise.all(Array.from({ length: 6 }, () => connect(postgres.url, 'together')));
    const rows = await instances[0]!.query('SELECT name FROM schema_migrations');
    expect(rows).toEqual([{ name: '001-things' }]);
    await Promise.all(instances.map((instance) => instance.close()));
  });

  it('keeps the schemas of services apart', async () => {
    const [a, b] = await Promise.all([connect(postgres.url, 'a'), connect(postgres.url, 'b')]);
    await a.query('INSERT INTO things VALUES (1)');
    expect(await b.query('SELECT * FROM things')).toEqual([]);
    await Promise.all([a.close(), b.close()]);
  });

  it('refuses a schema of a newer version', async () => {
    const newer = [...migrations, { name: '002-later', up: 'SELECT 1' }];
    await (await connect(postgres.url, 'newer', newer)).close();
    await expect(connect(postgres.url, 'newer')).rejects.toMatchObject({
      kind: 'domain',
      code: 'newerSchema',
      details: { unknown: ['002-later'] },
    });
  });

  it('applies a migration that fails not at all', async () => {
    const broken = [...migrations, { name: '002-broken', up: 'CREATE TABLE half (); SELECT nonsense' }];
    await expect(connect(postgres.url, 'broken', broken)).rejects.toThrow('nonsense');
    const database = await connect(postgres.url, 'broken');
    expect(await database.query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
    await database.close();
  });

  it('rolls back what throws, and calls hooks after the commit only', async () => {
    const database = await connect(postgres.url, 'hooks');
    const hook = vi.fn();
    const failing = database.transaction(async (tx) => {
      tx.afterCommit(hook);
      await tx.query('INSERT INTO things VALUES (1)');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(hook).not.toHaveBeenCalled();
    await database.transaction(async (tx) => {
      tx.afterCommit(hook);
      await tx.query('INSERT INTO things VALUES (2)');
      expect(hook).not.toHaveBeenCalled();
    });
    expect(hook).toHaveBeenCalledOnce();
    expect(await database.query('SELECT id FROM things')).toEqual([{ id: 2 }]);
    await database.close();
  });

  it('does not take a transaction for committed whose failed statement was ignored', async () => {
    const database = await connect(postgres.url, 'ignored');
    const ignoring = database.transaction(async (tx) => {
      await tx.query('SELECT nonsense').catch(() => undefined);
    });
    await expect(ignoring).rejects.toThrow('was ignored');
    await database.close();
  });

  it('asks statements together: answered in order, and the first that fails is the one that says why', async () => {
    const database = await connect(postgres.url, 'together');
    const warned = vi.fn();
    process.on('warning', warned);
    const answered: string[] = [];
    const work = database.transaction(async (tx) => {
      const ask = (name: string, sql: string) => tx.query(sql).finally(() => answered.push(name));
      await together(
        ask('slow', 'INSERT INTO things SELECT 3 FROM pg_sleep(0.1)'),
        ask('wrong', 'SELECT nonsense'),
        ask('in vain', 'SELECT 1'),
      );
    });
    await expect(work).rejects.toThrow('column "nonsense" does not exist');
    expect(answered).toEqual(['slow', 'wrong', 'in vain']);
    expect(await database.query('SELECT id FROM things')).toEqual([]);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled(); // pg warns of what waits in its own queue
    await database.close();
  });

  it('tells the time of the database', async () => {
    const database = await connect(postgres.url, 'clock');
    expect(Math.abs((await database.now()) - Date.now())).toBeLessThan(60_000);
    await database.close();
  });

  it('hears notifications', async () => {
    const database = await connect(postgres.url, 'heard');
    const heard: string[] = [];
    const listening = await database.listen('news', (payload) => heard.push(payload));
    await database.query(`SELECT pg_notify('news', 'one'), pg_notify('other', 'two')`);
    await vi.waitFor(() => expect(heard).toEqual(['one']));
    await listening.close();
    await database.close();
  });

  it('says unavailable where nothing answers', async () => {
    await expect(connect('postgres://x:x@127.0.0.1:1/x')).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'databaseUnavailable',
    });
  });
});

it('survives a restart of PostgreSQL: unavailable while it is away, the same pool and listener after it', async () => {
  const server = await startPostgres();
  const database = await connect(server.url);
  const heard: string[] = [];
  const listening = await database.listen('news', (payload) => heard.push(payload));
  const held = database.transaction(async (tx) => {
    await tx.query('INSERT INTO things VALUES (1)');
    await server.restart(async () => {
      await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'databaseUnavailable' });
      await expect(tx.query('SELECT 1')).rejects.toMatchObject({ code: 'databaseUnavailable' });
    });
  });
  await expect(held).rejects.toMatchObject({ code: 'databaseUnavailable' });
  await vi.waitFor(async () => expect(await database.query('SELECT id FROM things')).toEqual([]), 10_000);
  await vi.waitFor(() => expect(heard).toEqual(['']), 10_000);
  await database.query(`SELECT pg_notify('news', 'again')`);
  await vi.waitFor(() => expect(heard).toEqual(['', 'again']), 10_000);
  await listening.close();
  await database.close();
  await server.stop();
});
