import 'reflect-metadata';
import { decodeEvent, type EventSourceApi, type JobRegistryApi, TOPICS } from '@carillon/contracts';
import { type LogMessage, partitionOfKey } from '@carillon/event-log';
import {
  Aggregates,
  type Database,
  EventStore,
  type PublicationLog,
  type Relay,
} from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobColumns } from './adapters/postgres/job-columns.js';
import { JOB } from './application/streams.js';
import { jobDecider } from './domain/job.decide.js';
import { jobSpec, runSpec, schedule } from './domain/job.fixtures.js';
import {
  JOB_REGISTRY_API,
  JOB_REGISTRY_DATABASE,
  JOB_REGISTRY_EVENT_SOURCE,
  JOB_REGISTRY_RELAY,
  JobRegistryModule,
} from './job-registry.module.js';

let fresh: FreshDatabase;
let app: INestApplicationContext;
let registry: JobRegistryApi;
const published: LogMessage[] = [];
const log: PublicationLog = {
  partitionOf: () => 0,
  publish: (messages) => {
    published.push(...messages);
    return Promise.resolve();
  },
};

beforeAll(async () => {
  fresh = await freshDatabase();
  const module = JobRegistryModule.forRoot({ config: { databaseUrl: fresh.url }, log });
  app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  registry = app.get(JOB_REGISTRY_API);
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

const create = (id: string) => registry.createJob({ spec: jobSpec({ id }) });

const reasonOf = (outcome: PromiseSettledResult<unknown>) =>
  outcome.status === 'rejected' ? (outcome.reason as { code?: string }).code : undefined;

describe('a job', () => {
  test('is there for the next question, as it was answered', async () => {
    const spec = jobSpec({
      id: 'read.back',
      schedules: [schedule()],
      run: runSpec({ cmd: 'echo "ünïcödé\n"' }),
    });
    const job = await registry.createJob({ spec });
    expect(job).toMatchObject({ revision: 1, spec });
    expect(job.createdAt).toBe(job.definedAt);
    expect(Math.abs(job.createdAt - Date.now())).toBeLessThan(60_000);
    expect(await registry.getJob({ jobId: 'read.back' })).toEqual(job);
  });

  test('keeps every revision', async () => {
    const first = await create('revised');
    const second = await registry.addSchedule({ jobId: 'revised', schedule: schedule() });
    const third = await registry.updateJob({
      jobId: 'revised',
      spec: jobSpec({ id: 'ignored', description: 'new' }),
      keepSchedules: true,
      keepVolumes: false,
    });
    expect([first, second, third].map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(third.spec).toEqual(jobSpec({ id: 'revised', description: 'new', schedules: [schedule()] }));
    const { uid } = first;
    expect(await registry.getRevision({ jobId: 'revised', uid, revision: 1 })).toEqual(first);
    expect(await registry.getRevision({ jobId: 'revised', uid, revision: 2 })).toEqual(second);
    await expect(registry.getRevision({ jobId: 'revised', uid, revision: 4 })).rejects.toMatchObject({
      code: 'revisionNotFound',
      message: 'Job revised has no revision 4',
    });
    await expect(registry.getRevision({ jobId: 'other', uid, revision: 1 })).rejects.toMatchObject({
      code: 'revisionNotFound',
    });
  });

  test('created twice at once is created once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create('raced')));
    const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refusals).toHaveLength(4);
    for (const refusal of refusals) expect(refusal).toMatchObject({ kind: 'domain', code: 'jobExists' });
  });

  test('created at once with others is created with them, and a refusal is its own', async () => {
    await create('group.there');
    const ids = ['group.a', 'group.there', 'group.b', 'group.a', 'group.c-', 'group.d'];
    const outcomes = await Promise.allSettled(ids.map(create));
    expect(outcomes.map((one) => (one.status === 'rejected' ? reasonOf(one) : 'created'))).toEqual([
      'created',
      'jobExists',
      'created',
      'jobExists',
      'jobInvalid',
      'created',
    ]);
  });

  test('created by two instances at once is created once', async () => {
    const module = JobRegistryModule.forRoot({ config: { databaseUrl: fresh.url }, log });
    const second = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    const other = second.get<JobRegistryApi>(JOB_REGISTRY_API);
    const ids = Array.from({ length: 50 }, (_, index) => `both-${index}`);
    const [ours, theirs] = await Promise.all(
      [registry, other].map((one) =>
        Promise.allSettled(ids.map((id) => one.createJob({ spec: jobSpec({ id }) }))),
      ),
    );
    for (const index of ids.keys()) {
      const both = [ours?.[index], theirs?.[index]];
      expect(both.map((one) => one?.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.map((one) => one && reasonOf(one))).toContain('jobExists');
    }
    await second.close();
  });

  test('edited by many at once loses no edit', async () => {
    await create('edited');
    const edits = Array.from({ length: 8 }, (_, index) =>
      registry.updateJob({
        jobId: 'edited',
        spec: jobSpec({ id: 'edited', description: `edit ${index}` }),
        keepSchedules: true,
        keepVolumes: false,
      }),
    );
    const revisions = (await Promise.all(edits)).map(({ revision }) => revision);
    expect(revisions.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is removed once, however often one asks', async () => {
    const first = await create('removed');
    expect(await registry.removeJob({ jobId: 'removed', uid: first.uid })).toEqual(first);
    expect(await registry.removeJob({ jobId: 'removed', uid: first.uid })).toEqual(first);
    await expect(registry.getJob({ jobId: 'removed' })).rejects.toMatchObject({ code: 'jobNotFound' });
    const second = await create('removed');
    expect(second.uid).not.toBe(first.uid);
    expect(await registry.removeJob({ jobId: 'removed', uid: first.uid })).toEqual(first);
    expect(await registry.getJob({ jobId: 'removed' })).toEqual(second);
    expect(await registry.getRevision({ jobId: 'removed', uid: first.uid, revision: 1 })).toEqual(first);
  });

  test('that is refused leaves no trace', async () => {
    const refused = {
      ...jobSpec({ id: 'refused' }),
      run: runSpec({ networks: [{ mode: 'container', labels: {} }] }),
    };
    await expect(registry.createJob({ spec: refused })).rejects.toMatchObject({ code: 'jobInvalid' });
    await expect(registry.getJob({ jobId: 'refused' })).rejects.toMatchObject({ code: 'jobNotFound' });
  });
});

describe('a list', () => {
  test('goes by id, page by page', async () => {
    for (const id of ['page.c', 'page.a', 'page-z', 'page.b']) await create(id);
    const ids: string[] = [];
    for (let after: string | undefined = 'pag'; after !== undefined; ) {
      const { jobs } = await registry.listJobs({ after, limit: 2 });
      ids.push(...jobs.map(({ spec }) => spec.id));
      after = jobs.length < 2 ? undefined : jobs.at(-1)?.spec.id;
    }
    expect(ids.filter((id) => id.startsWith('page'))).toEqual(['page-z', 'page.a', 'page.b', 'page.c']);
  });
  test('of no or too many jobs is refused', async () => {
    for (const limit of [0, 1001]) {
      await expect(registry.listJobs({ limit })).rejects.toMatchObject({ code: 'limitInvalid' });
    }
  });
});

describe('what is published', () => {
  test('is every revision and removal, without what is confidential', async () => {
    const run = runSpec({ cmd: 'SECRET-1', args: ['SECRET-2'], env: { A: { value: 'SECRET-3' } } });
    const job = await registry.createJob({ spec: jobSpec({ id: 'public', run, schedules: [schedule()] }) });
    await registry.removeSchedule({ jobId: 'public', scheduleId: 'nightly' });
    await registry.removeJob({ jobId: 'public', uid: job.uid });
    await app.get<Relay>(JOB_REGISTRY_RELAY).drained();

    const messages = published.filter(({ key }) => key === 'public');
    expect(messages.map((message) => decodeEvent(message))).toMatchObject([
      { type: 'JobDefined', data: { uid: job.uid, revision: 1, schedules: [schedule()], cpus: 0.1 } },
      { type: 'JobDefined', data: { uid: job.uid, revision: 2, schedules: [] } },
      { type: 'JobRemoved', data: { jobId: 'public', uid: job.uid } },
    ]);
    for (const { value } of messages) expect(Buffer.from(value).toString('latin1')).not.toContain('SECRET');
  });

  test('can be read again from here', async () => {
    await app.get<Relay>(JOB_REGISTRY_RELAY).drained();
    const source = app.get<EventSourceApi>(JOB_REGISTRY_EVENT_SOURCE);
    const partition = partitionOfKey('public', 4);
    const { events } = await source.readPublished({
      topic: TOPICS.jobs,
      partition,
      partitions: 4,
      limit: 1000,
    });
    const sent = published.filter(({ key }) => partitionOfKey(key, 4) === partition);
    expect(events.map(({ sourcePosition }) => sourcePosition)).toEqual(
      sent.map(({ sourcePosition }) => sourcePosition),
    );
  });
});

test('states are what the events lead to', async () => {
  const store = new EventStore(app.get<Database>(JOB_REGISTRY_DATABASE), { columns: jobColumns });
  const jobs = new Aggregates(store, { category: JOB, decider: jobDecider });
  expect(await jobs.rebuild({ repair: false })).toMatchObject({ differing: [] });
});
