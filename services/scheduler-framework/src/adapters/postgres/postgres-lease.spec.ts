import type { Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectFrameworkDatabase } from './framework-database.js';
import { PostgresLease } from './postgres-lease.js';

let postgres: FreshDatabase;
let database: Database;
beforeEach(async () => {
  postgres = await freshDatabase();
  database = await connectFrameworkDatabase(postgres.url);
});
afterEach(async () => {
  await database.close();
  await postgres.drop();
});

const lease = (holder: string, framework = 'f') =>
  new PostgresLease(database, { framework, holder, ttlMs: 60_000 });
const expire = () => database.query(`UPDATE leases SET expires_at = '-infinity'`);

it('is held by one, whoever asks at once', async () => {
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => lease(holder).acquire()));
  expect(taken.filter((fence) => fence !== undefined).map(({ epoch }) => epoch)).toEqual([1]);
  expect(await lease('x').current()).toMatchObject({ epoch: 1 });
});

it('is renewed by its holder only', async () => {
  await lease('a').acquire();
  expect(await lease('a').renew(1)).toBe(true);
  expect(await lease('b').renew(1)).toBe(false);
  expect(await lease('a').renew(2)).toBe(false);
});

it('goes to another when it has run out, with the next epoch', async () => {
  await lease('a').acquire();
  expect(await lease('b').acquire()).toBeUndefined();
  await expire();
  expect(await lease('b').acquire()).toMatchObject({ epoch: 2 });
  expect(await lease('a').renew(1)).toBe(false);
});

it('goes on at once with the same instance after a crash, in a new epoch', async () => {
  const before = await lease('a').acquire();
  expect(await lease('a').acquire()).toMatchObject({ epoch: 2 });
  await expect(database.transaction(async (tx) => before?.hold(tx))).rejects.toMatchObject({
    code: 'leadershipLost',
  });
});

it('is free at once when it is given back', async () => {
  await lease('a').acquire();
  await lease('a').release(1);
  expect((await lease('a').current()).holder).toBeUndefined();
  expect(await lease('b').acquire()).toMatchObject({ epoch: 2 });
});

it('fences: nothing of an old epoch commits after the take-over', async () => {
  const old = await lease('a').acquire();
  await expire();
  await lease('b').acquire();
  const append = database.transaction(async (tx) => {
    await old?.hold(tx);
  });
  await expect(append).rejects.toMatchObject({ kind: 'conflict', code: 'leadershipLost' });
});

it('is not taken over before what the old leader is writing has ended; renewing does not wait for that', async () => {
  const old = await lease('a').acquire();
  const order: string[] = [];
  const writing = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const write = database
    .transaction(async (tx) => {
      await old?.hold(tx);
      held.resolve(undefined);
      await writing.promise;
    })
    .then(() => order.push('written'));
  await held.promise;
  expect(await lease('a').renew(1)).toBe(true);
  await expire();
  const takeOver = lease('b')
    .acquire()
    .then(() => order.push('taken'));
  await expect
    .poll(() => database.query(`SELECT 1 FROM pg_locks WHERE NOT granted`), { interval: 5 })
    .not.toEqual([]);
  writing.resolve(undefined);
  await Promise.all([write, takeOver]);
  expect(order).toEqual(['written', 'taken']);
});

it('is one for each framework', async () => {
  expect(await lease('a', 'one').acquire()).toMatchObject({ epoch: 1 });
  expect(await lease('b', 'two').acquire()).toMatchObject({ epoch: 1 });
});
