import { unavailable } from '@carillon/event-sourcing';
import { freshDatabase } from '@carillon/rigs';
import { expect, it, vi } from 'vitest';
import { TestProjection } from '../contract/test-projection.js';
import { TestSource } from '../contract/test-source.js';
import { createEmbeddedEventLog } from '../embedded/embedded-event-log.js';

it('tells when a commit of its own got no answer, and has handled its messages once', async () => {
  const postgres = await freshDatabase();
  const log = await createEmbeddedEventLog({ url: postgres.url, topics: [{ name: 't', partitions: 1 }] });
  const projection = await TestProjection.connect(postgres.url);
  const { database } = projection;
  const commit = database.transaction.bind(database);
  const onFenced = vi.fn();
  const consumer = projection.consumer({ name: 'doubting', log, topics: ['t'], onFenced });
  await consumer.caughtUp();
  vi.spyOn(database, 'transaction').mockImplementationOnce(async (work) => {
    await commit(work);
    throw unavailable('databaseUnavailable', 'the connection was lost');
  });
  const source = new TestSource('t');
  await log.publish(source.next(3, 1));
  await consumer.caughtUp();
  expect(onFenced).toHaveBeenCalledOnce();
  await log.publish(source.next(1, 1));
  await consumer.caughtUp();
  expect(onFenced).toHaveBeenCalledOnce();
  expect(Object.values(await projection.effects('doubting')).flat()).toHaveLength(4);
  await projection.close();
  await log.close();
  await postgres.drop();
});
