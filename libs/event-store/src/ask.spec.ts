import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AnswerWatch } from './answer-watch.js';
import { ask, askOneOf, hangUp } from './ask.js';
import { prepared } from './transaction.js';

describe('AnswerWatch', () => {
  const ending = (one: { end(): void }) => one.end();

  it('ends what does not answer in time, and nothing else', async () => {
    const watch = new AnswerWatch<{ end(): void }>(20, ending);
    const [silent, prompt, later] = [{ end: vi.fn() }, { end: vi.fn() }, { end: vi.fn() }];
    watch.asked(silent);
    watch.answered(watch.asked(prompt));
    await vi.waitFor(() => expect(silent.end).toHaveBeenCalledOnce());
    watch.asked(later);
    await vi.waitFor(() => expect(later.end).toHaveBeenCalledOnce());
    expect(silent.end).toHaveBeenCalledOnce();
    expect(prompt.end).not.toHaveBeenCalled();
  });

  it('gives each its own time', async () => {
    const watch = new AnswerWatch<{ end(): void }>(100, ending);
    const ended: string[] = [];
    const asked = (name: string) => watch.asked({ end: () => ended.push(`${name} ${performance.now()}`) });
    const first = performance.now();
    asked('first');
    await vi.waitFor(() => expect(performance.now() - first).toBeGreaterThan(50));
    const second = performance.now();
    asked('second');
    await vi.waitFor(() => expect(ended).toHaveLength(2));
    expect(Number(ended[1]?.split(' ')[1])).toBeGreaterThanOrEqual(second + 100);
  });
});

describe('statements', () => {
  let postgres: FreshDatabase;
  let client: pg.Client;
  let pool: pg.Pool;
  const away = { code: 'databaseUnavailable' };
  const pid = prepared('SELECT pg_backend_pid() AS pid');
  beforeAll(async () => {
    postgres = await freshDatabase();
    client = new pg.Client(postgres.url);
    client.on('error', () => undefined);
    await client.connect();
    pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
    pool.on('connect', (connected) => connected.on('error', () => undefined));
  });
  afterAll(async () => {
    await client.end();
    await pool.end();
    await postgres.drop();
  });

  it('are prepared once where they have a name', async () => {
    const double = prepared('SELECT $1::int * 2 AS twice');
    expect((await ask(client, double, [1])).rows).toEqual([{ twice: 2 }]);
    expect((await ask(client, double, [2])).rows).toEqual([{ twice: 4 }]);
    const { rows } = await ask(client, 'SELECT name FROM pg_prepared_statements');
    expect(rows).toEqual([{ name: double.name }]);
  });

  it('leave the pool its connection when they are wrong', async () => {
    const before = await askOneOf(pool, pid);
    await expect(askOneOf(pool, 'SELECT nonsense')).rejects.toThrow('column "nonsense" does not exist');
    expect(await askOneOf(pool, pid)).toMatchObject({ rows: before.rows });
  });

  it('take a broken connection from the pool', async () => {
    const [{ pid: broken }] = (await askOneOf(pool, pid)).rows as [{ pid: number }];
    const refused = expect(askOneOf(pool, 'SELECT pg_sleep(60)')).rejects.toMatchObject(away);
    const asleep = `SELECT 1 FROM pg_stat_activity WHERE pid = ${broken} AND query LIKE '%pg_sleep%'`;
    await vi.waitFor(async () => expect((await ask(client, asleep)).rows).toHaveLength(1));
    await ask(client, 'SELECT pg_terminate_backend($1)', [broken]);
    await refused;
    expect((await askOneOf(pool, pid)).rows).not.toEqual([{ pid: broken }]);
  });

  it('are unavailable, with those behind them, when the server leaves one unanswered', async () => {
    const watch = new AnswerWatch(100, hangUp);
    await Promise.all([
      expect(ask(client, 'SELECT pg_sleep(60)', [], watch)).rejects.toMatchObject(away),
      expect(ask(client, 'SELECT 1', [], new AnswerWatch(60_000, hangUp))).rejects.toMatchObject(away),
    ]);
    await expect(ask(client, 'SELECT 1')).rejects.toMatchObject(away);
  });
});
