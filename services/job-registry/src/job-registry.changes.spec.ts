import 'reflect-metadata';
import type { JobRegistryApi, JobSpec } from '@carillon/contracts';
import type { PublicationLog } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobSpec } from './domain/job.fixtures.js';
import { JOB_REGISTRY_API, JobRegistryModule } from './job-registry.module.js';

let fresh: FreshDatabase;
const apps: INestApplicationContext[] = [];
let registry: JobRegistryApi;

async function open(limits: { maxJobs?: number } = {}): Promise<JobRegistryApi> {
  const log: PublicationLog = { publish: () => Promise.resolve(), partitionOf: () => 0 };
  const config = { databaseUrl: fresh.url, ...limits };
  const module = JobRegistryModule.forRoot({ config, log });
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  apps.push(app);
  return app.get(JOB_REGISTRY_API);
}

beforeAll(async () => {
  fresh = await freshDatabase();
  registry = await open();
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await fresh.drop();
});

const create = (id: string, members: Partial<JobSpec> = {}) =>
  registry.createJob({ spec: jobSpec({ id, ...members }) });
const codesOf = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((one) =>
    one.status === 'fulfilled' ? 'done' : ((one.reason as { code?: string }).code ?? 'bug'),
  );

describe('a request with a key', () => {
  const request = (key: string, fingerprint = 'f') => ({ key, fingerprint });

  test('is done once and has one answer, also after the job has changed or gone', async () => {
    const asked = { spec: jobSpec({ id: 'keyed' }), request: request('k1') };
    const first = await registry.createJob(asked);
    expect(await registry.createJob(asked)).toEqual(first);
    await registry.pauseJob({ jobId: 'keyed' });
    expect(await registry.createJob(asked)).toEqual(first);
    await registry.removeJob({ jobId: 'keyed', uid: first.uid });
    expect(await registry.createJob(asked)).toEqual(first);
    await expect(registry.getJob({ jobId: 'keyed' })).rejects.toMatchObject({ code: 'jobNotFound' });
  });

  test('has the same answer when what it needed is gone', async () => {
    const parent = await create('needed');
    const asked = {
      spec: jobSpec({ id: 'needing', dependencies: [{ id: 'needed' }] }),
      request: request('n1'),
    };
    const first = await registry.createJob(asked);
    const back = { jobId: 'needing', revision: 1, request: request('n2') };
    const rolledBack = await registry.rollBackJob(back);
    await registry.removeJob({ jobId: 'needing', uid: first.uid });
    await registry.removeJob({ jobId: 'needed', uid: parent.uid });
    expect(await registry.createJob(asked)).toEqual(first);
    expect(await registry.rollBackJob(back)).toEqual(rolledBack);
  });

  test('is refused for something else, and done after a failure', async () => {
    await registry.createJob({ spec: jobSpec({ id: 'k2.a' }), request: request('k2') });
    const other = { spec: jobSpec({ id: 'k2.b' }), request: request('k2', 'other') };
    await expect(registry.createJob(other)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'idempotencyKeyUsed',
    });
    const pause = { jobId: 'k2.late', request: request('k3') };
    await expect(registry.pauseJob(pause)).rejects.toMatchObject({ code: 'jobNotFound' });
    await create('k2.late');
    expect((await registry.pauseJob(pause)).pause).toBeDefined();
  });

  test('sent many times at once, through two instances, is done once', async () => {
    const second = await open();
    const asked = { spec: jobSpec({ id: 'keyed.race' }), request: request('race') };
    const answers = await Promise.all(
      [registry, second, registry, second, registry].map((one) => one.createJob(asked)),
    );
    expect(new Set(answers.map(({ uid }) => uid)).size).toBe(1);
    const others = await Promise.allSettled(
      ['x', 'y', 'z'].map((name, index) =>
        (index % 2 ? second : registry).createJob({
          spec: jobSpec({ id: `keyed.race.${name}` }),
          request: request('race2', name),
        }),
      ),
    );
    expect(codesOf(others).toSorted()).toEqual(['done', 'idempotencyKeyUsed', 'idempotencyKeyUsed']);
  });
});

describe('revisions', () => {
  test('are listed newest first with what made them, and can be gone back to', async () => {
    const { uid } = await create('rev', { description: 'one' });
    const update = (description: string) =>
      registry.updateJob({
        jobId: 'rev',
        spec: jobSpec({ id: 'rev', description }),
        keepSchedules: false,
        keepVolumes: false,
      });
    await update('two');
    await update('three');
    const back = await registry.rollBackJob({ jobId: 'rev', revision: 1 });
    expect([back.uid, back.revision, back.spec.description]).toEqual([uid, 4, 'one']);
    const { revisions } = await registry.listRevisions({ jobId: 'rev', limit: 10 });
    expect(revisions.map(({ job, change }) => [job.revision, change])).toEqual([
      [4, 'rolledBack'],
      [3, 'updated'],
      [2, 'updated'],
      [1, 'created'],
    ]);
    const older = await registry.listRevisions({ jobId: 'rev', before: 3, limit: 1 });
    expect(older.revisions.map(({ job }) => job.revision)).toEqual([2]);
    await expect(registry.rollBackJob({ jobId: 'rev', revision: 9 })).rejects.toMatchObject({
      code: 'revisionNotFound',
    });
    const expected = { uid, revision: 1 };
    await expect(registry.rollBackJob({ jobId: 'rev', revision: 2, expected })).rejects.toMatchObject({
      code: 'revisionChanged',
    });
  });
});

describe('applying a list of jobs', () => {
  const apply = (specs: readonly JobSpec[], options: { dryRun?: boolean; prune?: boolean } = {}) =>
    registry.applyJobs({ specs: [...specs], dryRun: false, prune: false, prefix: 'app.', ...options });
  const actionsOf = ({ changes }: Awaited<ReturnType<typeof apply>>) =>
    changes.map(({ jobId, action }) => `${jobId} ${action}`);

  test('is refused in a dry run for what it would be refused for', async () => {
    await create('app.parent');
    await create('app.child', { dependencies: [{ id: 'app.parent' }] });
    const dry = { dryRun: true, prune: true };
    const orphan = apply([jobSpec({ id: 'app.x', dependencies: [{ id: 'app.nobody' }] })], dry);
    await expect(orphan).rejects.toMatchObject({ code: 'dependenciesUnknown' });
    const child = await registry.getJob({ jobId: 'app.child' });
    await expect(apply([child.spec], dry)).rejects.toMatchObject({ code: 'dependentJobs' });
    for (const jobId of ['app.child', 'app.parent']) {
      await registry.removeJob({ jobId, uid: (await registry.getJob({ jobId })).uid });
    }
  });

  test('creates, updates, removes and leaves alone; a dry run does nothing', async () => {
    const kept = await create('app.kept');
    const changed = await create('app.changed');
    await create('app.gone');
    await create('apple');
    const specs = [
      jobSpec({ id: 'app.new' }),
      jobSpec({ id: 'app.kept' }),
      jobSpec({ id: 'app.changed', description: 'x' }),
    ];
    const planned = ['app.changed update', 'app.gone remove', 'app.kept unchanged', 'app.new create'];
    expect(actionsOf(await apply(specs, { dryRun: true, prune: true }))).toEqual(planned);
    expect((await registry.getJob({ jobId: 'app.changed' })).revision).toBe(1);
    const { changes } = await apply(specs, { prune: true });
    expect(actionsOf({ changes })).toEqual(planned);
    expect(changes.map(({ before, after }) => [before?.uid, after?.uid, after?.revision])).toEqual([
      [changed.uid, changed.uid, 2],
      [expect.any(String), undefined, undefined],
      [kept.uid, undefined, undefined],
      [undefined, expect.any(String), 1],
    ]);
    await expect(registry.getJob({ jobId: 'app.gone' })).rejects.toMatchObject({ code: 'jobNotFound' });
    expect(actionsOf(await apply(specs, { prune: true })).every((one) => one.endsWith('unchanged'))).toBe(
      true,
    );
    expect((await registry.getJob({ jobId: 'apple' })).revision).toBe(1);
  });

  test('is all or nothing, and tells all problems with their places', async () => {
    const specs = [
      jobSpec({ id: 'app.atomic.a' }),
      jobSpec({ id: 'app.atomic.b', dependencies: [{ id: 'app.missing' }] }),
    ];
    await expect(apply(specs)).rejects.toMatchObject({ kind: 'invalid', code: 'dependenciesUnknown' });
    await expect(registry.getJob({ jobId: 'app.atomic.a' })).rejects.toMatchObject({ code: 'jobNotFound' });
    const bad = [jobSpec({ id: 'app.x' }), jobSpec({ id: 'app.x' }), jobSpec({ id: 'app.Y' })];
    await expect(apply(bad)).rejects.toMatchObject({
      code: 'jobInvalid',
      details: {
        problems: [
          { path: [1, 'id'], message: "'app.x' is there twice" },
          { path: [2, 'id'], message: expect.stringContaining('app.Y') },
        ],
      },
    });
    await expect(apply([jobSpec({ id: 'elsewhere' })])).rejects.toMatchObject({ code: 'jobInvalid' });
  });

  test('takes dependencies in any order', async () => {
    const child = jobSpec({ id: 'app.any.a', dependencies: [{ id: 'app.any.b' }] });
    const parent = jobSpec({ id: 'app.any.b' });
    expect(actionsOf(await apply([child, parent]))).toEqual(['app.any.a create', 'app.any.b create']);
    const cycle = [child, jobSpec({ id: 'app.any.b', dependencies: [{ id: 'app.any.a' }] })];
    await expect(apply(cycle)).rejects.toMatchObject({ code: 'dependenciesCyclic' });
  });

  test('at the same time as other changes ends with the jobs of the list', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `app.busy.${index}`);
    const specs = ids.map((id) => jobSpec({ id, description: 'applied' }));
    await Promise.all([
      apply(specs),
      ...ids.map((id) => create(id).catch(() => undefined)),
      apply(specs).catch(() => undefined),
    ]);
    const after = await apply(specs);
    expect(after.changes).toHaveLength(20);
    const { jobs } = await registry.listJobs({ limit: 100, filter: { prefix: 'app.busy.', labels: {} } });
    expect(jobs.map(({ spec }) => spec.description)).toEqual(ids.map(() => 'applied'));
  });
});

describe('a removal that is prepared', () => {
  test('of one version excludes changes; cancelled, it leaves the job as it was', async () => {
    const { uid } = await create('going');
    const expected = { uid, revision: 1 };
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => registry.prepareRemoval({ jobId: 'going', expected })),
    );
    expect(codesOf(outcomes).toSorted()).toEqual(['done', 'jobBeingRemoved']);
    await expect(registry.pauseJob({ jobId: 'going' })).rejects.toMatchObject({ code: 'jobBeingRemoved' });
    expect(await registry.cancelRemoval({ jobId: 'going', uid })).toMatchObject({ uid, revision: 1 });
    await registry.pauseJob({ jobId: 'going' });
  });
  test('is refused for a job that others depend on', async () => {
    await create('parent');
    await create('child', { dependencies: [{ id: 'parent' }] });
    await expect(registry.prepareRemoval({ jobId: 'parent' })).rejects.toMatchObject({
      code: 'dependentJobs',
    });
  });
});

describe('searching', () => {
  const search = async (
    filter: { prefix?: string; text?: string; labels?: Record<string, string> },
    after?: string,
  ) => {
    const request = {
      limit: 2,
      filter: { labels: {}, ...filter },
      ...(after === undefined ? {} : { after }),
    };
    return (await registry.listJobs(request)).jobs.map(({ spec }) => spec.id);
  };

  test('finds by id, description and label, page by page', async () => {
    await create('find.alpha', { description: 'Backs up the Ledger', labels: { team: 'data', tier: '1' } });
    await create('find.beta', { labels: { team: 'data' } });
    await create('find.gamma', { description: '100%_sure' });
    expect(await search({ prefix: 'find.' })).toEqual(['find.alpha', 'find.beta']);
    expect(await search({ prefix: 'find.' }, 'find.beta')).toEqual(['find.gamma']);
    expect(await search({ text: 'THE LEDG' })).toEqual(['find.alpha']);
    expect(await search({ text: 'nd.be' })).toEqual(['find.beta']);
    expect(await search({ text: '0%_s' })).toEqual(['find.gamma']);
    expect(await search({ text: '0%xs' })).toEqual([]);
    expect(await search({ text: 'data', prefix: 'find.b' })).toEqual(['find.beta']);
    expect(await search({ labels: { team: 'data' } })).toEqual(['find.alpha', 'find.beta']);
    expect(await search({ labels: { team: 'data', tier: '1' } })).toEqual(['find.alpha']);
    const { jobIds } = await registry.matchJobs({
      jobIds: ['find.alpha', 'find.gamma', 'none'],
      labels: { tier: '1' },
    });
    expect(jobIds).toEqual(['find.alpha']);
  });

  test('follows changes of labels and texts, and forgets a job that is removed', async () => {
    const labels = { 'a "b"': 'é\n1', kind: 'Größe' };
    const { uid } = await create('follow.one', { labels });
    await create('follow.two', { labels });
    expect(await search({ labels: { 'a "b"': 'é\n1' } })).toEqual(['follow.one', 'follow.two']);
    expect(await search({ labels, text: 'GRÖSSE' })).toEqual([]);
    expect(await search({ labels, text: 'GRÖßE' })).toEqual(['follow.one', 'follow.two']);
    expect(await search({ labels, prefix: 'follow.t' })).toEqual(['follow.two']);
    await registry.updateJob({
      jobId: 'follow.two',
      spec: jobSpec({ id: 'follow.two', labels: { kind: 'Größe' } }),
      keepSchedules: false,
      keepVolumes: false,
    });
    expect(await search({ labels })).toEqual(['follow.one']);
    expect(await search({ labels: { kind: 'Größe' } })).toEqual(['follow.one', 'follow.two']);
    await registry.removeJob({ jobId: 'follow.one', uid });
    expect(await search({ labels: { kind: 'Größe' } })).toEqual(['follow.two']);
    expect(await search({ text: 'größe' })).toEqual(['follow.two']);
    await create('follow.one', { labels: { kind: 'none' } });
    expect(await search({ prefix: 'follow.', text: 'follow' })).toEqual(['follow.one', 'follow.two']);
    expect(await search({ labels: { kind: 'Größe' } })).toEqual(['follow.two']);
  });

  test('finds what few have among many', async () => {
    const name = (n: number) => `many.job-${String(n).padStart(4, '0')}`;
    const rare = new Set([5, 400, 590]);
    const specs = Array.from({ length: 600 }, (_, n) =>
      jobSpec({
        id: name(n),
        description: rare.has(n) ? 'One of the rare 42' : 'One of many',
        labels: { half: String(n % 2), ...(rare.has(n) ? { rare: 'yes' } : {}) },
      }),
    );
    await registry.applyJobs({ specs, prune: false, dryRun: false });
    const all = [5, 400, 590].map(name);
    for (const filter of [
      { text: 'the RARE 42' },
      { labels: { rare: 'yes' } },
      { text: 'rare', labels: { rare: 'yes' }, prefix: 'many.' },
    ]) {
      expect(await search(filter)).toEqual(all.slice(0, 2));
      expect(await search(filter, all[0])).toEqual(all.slice(1));
      expect(await search(filter, all[2])).toEqual([]);
    }
    expect(await search({ text: 'rare', labels: { half: '0' } })).toEqual(all.slice(1));
    expect(await search({ labels: { rare: 'yes', half: '0' } })).toEqual(all.slice(1));
    expect(await search({ text: 'rare', prefix: 'many.job-05' })).toEqual(all.slice(2));
    expect(await search({ text: 'of the rare many' })).toEqual([]);
  });
});

test('there may be a limit to the number of jobs', async () => {
  const { jobs } = await registry.listJobs({ limit: 1000 });
  const limited = await open({ maxJobs: jobs.length + 1 });
  await limited.createJob({ spec: jobSpec({ id: 'limit.last' }) });
  await expect(limited.createJob({ spec: jobSpec({ id: 'limit.over' }) })).rejects.toMatchObject({
    code: 'tooManyJobs',
  });
  const swap = { specs: [jobSpec({ id: 'limit.other' })], prune: true, prefix: 'limit.', dryRun: false };
  const { changes } = await limited.applyJobs(swap);
  expect(changes.map(({ jobId, action }) => [jobId, action])).toEqual([
    ['limit.last', 'remove'],
    ['limit.other', 'create'],
  ]);
  const both = ['limit.last', 'limit.other', 'limit.third'].map((id) => jobSpec({ id }));
  await expect(limited.applyJobs({ ...swap, specs: both })).rejects.toMatchObject({ code: 'tooManyJobs' });
});
