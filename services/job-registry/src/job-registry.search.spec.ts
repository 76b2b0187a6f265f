import { randomBytes } from 'node:crypto';
import type { JobFilter, JobRegistryApi, JobSpec } from '@carillon/contracts';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchOf } from './adapters/postgres/job-search.js';
import { jobSpec } from './domain/job.fixtures.js';
import { JOB_REGISTRY_API, JobRegistryModule } from './job-registry.module.js';

/** More than a search looks at by id before it asks the index of texts. */
const JOBS = 700;
const LABELS = ['a', 'b', 'c', 'd', 'e', 'f'];

let fresh: FreshDatabase;
let app: INestApplicationContext;
let registry: JobRegistryApi;
const specs = Array.from({ length: JOBS }, (_, n) => specOf(n));

/** Words from those that all have to one that one has. */
function specOf(n: number): JobSpec {
  return jobSpec({
    id: `app-${n % 3}.group-${n % 20}.job-${n}`,
    description: `All of them, ${n % 2 === 0 ? 'even' : 'odd'}${n % 100 === 42 ? ' 100%_sure' : ''}`,
    labels: Object.fromEntries(LABELS.filter((_, bit) => n % (bit + 2) === 0).map((name) => [name, 'Yes'])),
  });
}

beforeAll(async () => {
  fresh = await freshDatabase();
  const log = { publish: () => Promise.resolve(), partitionOf: () => 0 };
  const module = JobRegistryModule.forRoot({ config: { databaseUrl: fresh.url }, log });
  app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  registry = app.get(JOB_REGISTRY_API);
  await registry.applyJobs({ specs, dryRun: false, prune: false });
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

function meets({ id, description = '', labels }: JobSpec, { prefix = '', text = '', ...filter }: JobFilter) {
  const searched = [
    id,
    description,
    ...Object.entries(labels).map(([name, value]) => `"${name}":"${value}"`),
  ];
  return (
    id.startsWith(prefix) &&
    searched.some((one) => one.toLowerCase().includes(text.toLowerCase())) &&
    Object.entries(filter.labels).every(([name, value]) => labels[name] === value)
  );
}

const texts = ['', 'ALL OF', 'even', 'odd', '100%_', '100%x', 'nowhere', 'job-69', '"f":"y', 'o'];
const prefixes = ['', 'app-1', 'app-2.group-5.', 'app-0.group-12.job-12', 'nothing'];
const filters = fc.record(
  {
    text: fc.constantFrom(...texts),
    prefix: fc.constantFrom(...prefixes),
    labels: fc
      .subarray(LABELS, { maxLength: 5 })
      .map((names) => Object.fromEntries(names.map((name) => [name, 'Yes']))),
  },
  { requiredKeys: ['labels'] },
);
const afterwards = fc.option(
  fc.integer({ min: 0, max: JOBS - 1 }).map((n) => specOf(n).id),
  { nil: undefined },
);

/** Each kind of statement comes often enough to be planned without its values, as after the fifth time it is. */
test('a page is what reading all jobs would find', async () => {
  const ids = specs.map((spec) => spec.id).toSorted();
  const specsById = new Map(specs.map((spec) => [spec.id, spec]));
  await fc.assert(
    fc.asyncProperty(filters, afterwards, fc.integer({ min: 1, max: 60 }), async (filter, after, limit) => {
      const { jobs } = await registry.listJobs({ filter, limit, ...(after === undefined ? {} : { after }) });
      const expected = ids
        .filter((id) => id > (after ?? '') && meets(specsById.get(id) as JobSpec, filter))
        .slice(0, limit);
      expect(jobs.map(({ spec }) => spec.id)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

test('a word is found beside what is more than one unit of UTF-16', async () => {
  const spec = jobSpec({ id: 'zz.last', description: 'deploy the 🚀rocket🚀' });
  await registry.createJob({ spec });
  for (const text of ['🚀rocket', 'rocket🚀', '🚀']) {
    const { jobs } = await registry.listJobs({ filter: { text, labels: {} }, limit: 9 });
    expect(jobs.map((job) => job.spec.id)).toEqual(['zz.last']);
  }
});

test('a label of any length is stored, found and lost again', async () => {
  // More than an entry of an index may have, also when compressed.
  const long = randomBytes(3_000).toString('base64');
  const wide = { ['ä'.repeat(200)]: '€'.repeat(200) };
  const labels = { long, ...wide, short: 'x' };
  const spec = jobSpec({ id: 'labelled', labels });
  await registry.createJob({ spec });
  const found = async (filter: Record<string, string>) =>
    (await registry.listJobs({ filter: { labels: filter }, limit: 9 })).jobs.map((job) => job.spec.id);
  for (const some of [{ long }, wide, { short: 'x' }, labels])
    expect(await found(some)).toEqual(['labelled']);
  expect(await found({ long: `${long}x` })).toEqual([]);
  const change = { jobId: spec.id, keepSchedules: false, keepVolumes: false };
  await registry.updateJob({ ...change, spec: { ...spec, labels: { short: 'x' } } });
  expect([await found({ long }), await found(wide), await found({ short: 'x' })]).toEqual([
    [],
    [],
    ['labelled'],
  ]);
});

test('a selection by very many labels is a statement as for five', async () => {
  const labels = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, String(n)]));
  const five = Object.fromEntries(Object.entries(labels).slice(0, 5));
  for (const text of ['', 'job'])
    expect(searchOf({ text, labels }, '', 9)[0]).toEqual(searchOf({ text, labels: five }, '', 9)[0]);
  const fewer = Object.fromEntries(Object.entries(labels).slice(0, 99));
  await registry.createJob({ spec: jobSpec({ id: 'many.all', labels }) });
  await registry.createJob({ spec: jobSpec({ id: 'many.fewer', labels: fewer }) });
  const found = async (filter: Record<string, string>) =>
    (await registry.listJobs({ filter: { labels: filter }, limit: 9 })).jobs.map((job) => job.spec.id);
  expect([await found(fewer), await found(labels), await found({ ...fewer, l99: '100' })]).toEqual([
    ['many.all', 'many.fewer'],
    ['many.all'],
    [],
  ]);
});
