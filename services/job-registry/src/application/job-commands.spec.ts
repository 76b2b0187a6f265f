import { type Decider, unavailable } from '@carillon/event-sourcing';
import { Aggregates, EventStore } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectJobRegistryDatabase } from '../adapters/postgres/job-registry-database.js';
import type { JobCommand } from '../domain/job.commands.js';
import { jobDecider } from '../domain/job.decide.js';
import type { JobEvent } from '../domain/job.events.js';
import { jobSpec } from '../domain/job.fixtures.js';
import type { JobState } from '../domain/job.state.js';
import { type CommandAt, JobCommands } from './job-commands.js';
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
  jobs = new Aggregates(new EventStore(database), { category: JOB, decider: faulty });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const create =
  (id: string): CommandAt =>
  (now) => ({ type: 'CreateJob', uid: `uid-of-${id}`, spec: jobSpec({ id }), now });
const handled = (commands: JobCommands, ids: readonly string[]) =>
  Promise.allSettled(ids.map((id) => commands.handle(id, create(id))));

test('what arrives while a group is written is the next one', async () => {
  let groups = 0;
  const commands = new JobCommands(jobs, () => {
    groups += 1;
    return database.now();
  });
  const outcomes = await handled(
    commands,
    Array.from({ length: 20 }, (_, index) => `grouped-${index}`),
  );
  expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(groups).toBe(2);
});

test('a fault of one command is not that of the others', async () => {
  const commands = new JobCommands(jobs, () => database.now());
  const outcomes = await handled(commands, ['before', 'first', 'faulty', 'last']);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await jobs.load('last')).state).toMatchObject({ status: 'defined', uid: 'uid-of-last' });
});

test('without a database all are unavailable, and the next ones are tried again', async () => {
  let away = true;
  const commands = new JobCommands(jobs, () =>
    away ? Promise.reject(unavailable('databaseUnavailable', 'away')) : database.now(),
  );
  for (const outcome of await handled(commands, ['away-1', 'away-2', 'away-3'])) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
  }
  away = false;
  expect(await handled(commands, ['away-1'])).toMatchObject([{ status: 'fulfilled' }]);
});
