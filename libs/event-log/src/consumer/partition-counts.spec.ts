import { Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consumerMigrations } from './migrations.js';
import { PartitionCounts } from './partition-counts.js';

let postgres: FreshDatabase;
let database: Database;
beforeAll(async () => {
  postgres = await freshDatabase();
  const { url } = postgres;
  const migrations = consumerMigrations;
  database = await Database.connect({ url, schema: 'counts', applicationName: 'counts', migrations });
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

const verify = (consumer: string, topic: string, partitions: number, assumed = partitions) =>
  new PartitionCounts(consumer).verify(database, topic, partitions, assumed);

it('takes the first number, and no other afterwards', async () => {
  await verify('reader', 't', 12);
  await verify('reader', 't', 12);
  await verify('reader', 'u', 24);
  await verify('other', 't', 24);
  for (const partitions of [24, 6]) {
    await expect(verify('reader', 't', partitions)).rejects.toMatchObject({
      code: 'partitionsChanged',
      message: expect.stringContaining(
        `t has ${partitions} partitions and had 12 when reader first read it`,
      ) as string,
      details: { consumer: 'reader', topic: 't', partitions, expected: 12 },
    });
  }
  await verify('reader', 't', 12);
});

it('takes one number of members who read a topic first at the same time', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => verify('together', 't', 1 + (index % 2))),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
});

it('refuses what this process is wrong about', async () => {
  await verify('stale', 't', 2);
  await expect(verify('stale', 't', 2, 4)).rejects.toThrow(
    't has 2 partitions and had 4 when this process started: start it again',
  );
});
