import { type Decider, unavailable } from '@carillon/event-sourcing';
import { Aggregates, EventStore, type Timed } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobColumns } from '../adapters/postgres/job-columns.js';
import { connectJobRegistryDatabase } from '../adapters/postgres/job-registry-database.js';
import type { JobCommand } from '../domain/job.commands.js';
import { jobDecider } from '../domain/job.decide.js';
import type { JobEvent } from '../domain/job.events.js';
import { jobSpec } from '../domain/job.fixtures.js';
import type { JobState } from '../domain/job.state.js';
import { JobCommands } from './job-commands.js';
import { JOB } from './streams.js';

/** A fault of ours, not a rule. */
const faulty: Decider<JobState, JobCommand, JobEvent> = {
  ...jobDecider,
  decide(command, state) {
    if (command.type === 'CreateJob' && command.spec.id === 'faulty') throw new TypeError('a bug');
    return jobDecider.decide(command, state);
  },
};

let fresh: FreshDatabase;
let database: Awaited<ReturnType<typeof connectJobRegistryDatabase>>;
let jobs: Aggregates<JobState, JobCommand, JobEvent>;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await connectJobRegistryDatabase(fresh.url);
  jobs = new Aggregates(new EventStore(database, { columns: jobColumns }), {
    category: JOB,
    decider: faulty,
  });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const create =
  (id: string): Timed<JobCommand> =>
  (now) => ({ type: 'CreateJob', uid: `uid-of-${id}`, spec: jobSpec({ id }), now });
const handled = (commands: JobCommands, ids: readonly string[]) =>
  Promise.allSettled(ids.map((id) => commands.handle(id, create(id))));

/** What each group begins with. */
type Load = EventStore['loadStatesAt'];

const commandsLoading = (load: (original: Load) => Load, gatherMs?: number) => {
  const store = new EventStore(database, { columns: jobColumns });
  store.loadStatesAt = load(store.loadStatesAt.bind(store));
  return new JobCommands(new Aggregates(store, { category: JOB, decider: faulty }), gatherMs);
};

/** Counts the groups. */
const counted = (gatherMs?: number) => {
  const seen = { groups: 0, first: Promise.withResolvers<number>() };
  const load =
    (original: Load): Load =>
    (...of) => {
      seen.groups += 1;
      seen.first.resolve(seen.groups);
      return original(...of);
    };
  return { seen, commands: commandsLoading(load, gatherMs) };
};

test('what arrives while a group is written is the next one', async () => {
  const { seen, commands } = counted();
  const first = commands.handle('grouped-first', create('grouped-first'));
  await seen.first.promise;
  const outcomes = await handled(
    commands,
    Array.from({ length: 20 }, (_, index) => `grouped-${index}`),
  );
  await first;
  expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(seen.groups).toBe(2);
});

test('those who ask again as soon as they are answered go together', async () => {
  const { seen, commands } = counted(10_000);
  const client = async (turns: number) => {
    for (const id of [1, 2, 3, 4, 5].map((task) => `client-${turns}-${task}`)) {
      await commands.handle(id, create(id));
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all([1, 10, 100].map(client));
  expect(seen.groups).toBe(5);
});

test('a fault of one command is not that of the others', async () => {
  const commands = new JobCommands(jobs);
  const outcomes = await handled(commands, ['before', 'first', 'faulty', 'last']);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await jobs.load('last')).state).toMatchObject({ status: 'defined', uid: 'uid-of-last' });
});

test('without a database all are unavailable, and the next ones are tried again', async () => {
  let away = true;
  const commands = commandsLoading(
    (original) =>
      (...of) =>
        away ? Promise.reject(unavailable('databaseUnavailable', 'away')) : original(...of),
  );
  for (const outcome of await handled(commands, ['away-1', 'away-2', 'away-3'])) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
  }
  away = false;
  expect(await handled(commands, ['away-1'])).toMatchObject([{ status: 'fulfilled' }]);
});
