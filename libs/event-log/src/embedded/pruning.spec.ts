import { Database } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProjection } from '../contract/test-projection.js';
import { TestSource } from '../contract/test-source.js';
import { createEmbeddedEventLog } from './embedded-event-log.js';

let postgres: FreshDatabase;

beforeEach(async () => {
  postgres = await freshDatabase();
});
afterEach(() => postgres.drop());

const open = (retention: { messagesPerPartition?: number; retentionMs?: number }) =>
  createEmbeddedEventLog({
    url: postgres.url,
    topics: [{ name: 't', partitions: 1 }],
    pruneEveryMs: 20,
    ...retention,
  });

it('keeps no more messages than told, and a consumer that lagged gets the others from their owner', async () => {
  const log = await open({ messagesPerPartition: 10 });
  const source = new TestSource('t');
  await source.publish(log, 12_000, 1);
  await expect
    .poll(() => log.bounds(['t']), { timeout: 10_000 })
    .toEqual([{ topic: 't', partition: 0, start: '11990', end: '12000' }]);
  const projection = await TestProjection.connect(postgres.url);
  const consumer = projection.consumer({
    name: 'late',
    log,
    topics: ['t'],
    refill: { [source.name]: source.readPublished },
  });
  await consumer.caughtUp();
  expect((await projection.effects('late'))['key-0']).toHaveLength(12_000);
  await projection.close();
  await log.close();
});

it('drops what is older than told', async () => {
  const log = await open({ retentionMs: 3_600_000 });
  const source = new TestSource('t');
  await source.publish(log, 30, 1);
  const options = { url: postgres.url, schema: 'aside', applicationName: 'spec', migrations: [] };
  const database = await Database.connect(options);
  await database.query(
    `UPDATE event_log.log_messages SET published_at = now() - interval '2 hours' WHERE log_offset < 20`,
  );
  await expect
    .poll(() => log.bounds(['t']), { timeout: 10_000 })
    .toEqual([{ topic: 't', partition: 0, start: '20', end: '30' }]);
  await database.close();
  await log.close();
});
