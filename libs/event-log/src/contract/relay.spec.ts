import {
  Database,
  EventStore,
  eventStoreMigrations,
  PublishedEvents,
  Relay,
  type ToPublic,
} from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmbeddedEventLog } from '../embedded/embedded-event-log.js';
import type { EventLog } from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';
import { TestProjection } from './test-projection.js';

const topics = [{ name: 't', partitions: 2 }];
const toPublic: ToPublic = ({ stream, data }) => ({
  topic: 't',
  key: stream,
  headers: {},
  value: Buffer.from(String((data as { n: number }).n)),
});

let postgres: FreshDatabase;
let database: Database;
let log: EventLog;
let projection: TestProjection;
let store: EventStore;
let n = 0;

beforeEach(async () => {
  postgres = await freshDatabase();
  const { url } = postgres;
  const migrations = eventStoreMigrations;
  database = await Database.connect({ url, schema: 'owner', applicationName: 'owner', migrations });
  log = await createEmbeddedEventLog({ url, topics, onlyProcess: true });
  projection = await TestProjection.connect(url);
  store = new EventStore(database);
  n = 0;
});

afterEach(async () => {
  await projection.close();
  await log.close();
  await database.close();
  await postgres.drop();
});

/** One event on each of three streams. */
const append = async () => {
  n += 1;
  for (const stream of ['a', 'b', 'c']) {
    const events = [{ type: 'Counted', data: { n } }];
    await store.append(undefined, [{ stream, expectedVersion: n - 1, events, state: {} }]);
  }
};
const counted = () => {
  const upToN = Array.from({ length: n }, (_, index) => index + 1);
  return { a: upToN, b: upToN, c: upToN };
};
const held = async () => (await log.bounds(['t'])).reduce((sum, { end }) => sum + Number(end), 0);

it('a relay that publishes and is not told so has its events handled once', async () => {
  let publications = 0;
  const publish: EventLog['publish'] = async (messages) => {
    await log.publish(messages);
    publications += 1;
    if (publications % 2 === 1) throw new Error('the acknowledgement was lost');
  };
  const partitionOf = (topic: string, key: string) => log.partitionOf(topic, key);
  const relay = new Relay({ database, source: 'owner', log: { publish, partitionOf }, toPublic });
  const consumer = projection.consumer({ name: 'once', log, topics: ['t'] });
  relay.start();
  for (let rounds = 0; rounds < 5; rounds += 1) {
    await append();
    await relay.drained();
  }
  await consumer.caughtUp();
  await relay.stop();
  expect(await projection.effects('once')).toEqual(counted());
  expect(await held()).toBeGreaterThan(3 * n);
});

it('the owner fills in what its relay published into a log that is gone', async () => {
  const relay = new Relay({ database, source: 'owner', log, toPublic });
  const published = new PublishedEvents({
    database,
    source: 'owner',
    toPublic,
    partitionOf: partitionOfKey,
  });
  const options = {
    name: 'again',
    topics: ['t'],
    refill: {
      owner: (request: Parameters<typeof published.readPublished>[0]) => published.readPublished(request),
    },
  };
  const first = projection.consumer({ ...options, log });
  relay.start();
  await append();
  await relay.drained();
  await first.caughtUp();
  await first.stop();
  await append();
  await relay.drained();
  await database.query('TRUNCATE event_log.log_messages, event_log.log_partitions');
  await log.close();
  await relay.stop();

  log = await createEmbeddedEventLog({ url: postgres.url, topics, onlyProcess: true });
  const restarted = new Relay({ database, source: 'owner', log, toPublic });
  restarted.start();
  const second = projection.consumer({ ...options, log });
  await append();
  await restarted.drained();
  await second.caughtUp();
  await restarted.stop();
  expect(await projection.effects('again')).toEqual(counted());
});
