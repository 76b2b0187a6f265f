import 'reflect-metadata';
import type { JobRegistryApi } from '@carillon/contracts';
import type { PublicationLog } from '@carillon/event-store';
import { startPostgres } from '@carillon/rigs';
import { NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { jobSpec } from './domain/job.fixtures.js';
import { JOB_REGISTRY_API, JobRegistryModule } from './job-registry.module.js';

test('while the database is away changes are unavailable, nothing is half-written, and it goes on by itself', async () => {
  const postgres = await startPostgres();
  const log: PublicationLog = { publish: () => Promise.resolve(), partitionOf: () => 0 };
  const module = JobRegistryModule.forRoot({
    config: { databaseUrl: postgres.url },
    log,
  });
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const registry = app.get<JobRegistryApi>(JOB_REGISTRY_API);
  const create = (id: string) => registry.createJob({ spec: jobSpec({ id }) });

  const before = await create('before');
  const underWay: Promise<unknown>[] = [];
  await postgres.restart(async () => {
    underWay.push(...Array.from({ length: 5 }, (_, index) => create(`during-${index}`)));
    for (const outcome of await Promise.allSettled(underWay)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
    }
    await expect(registry.getJob({ jobId: 'before' })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  await expect.poll(() => create('after').catch(() => undefined), { timeout: 20_000 }).toBeDefined();
  expect(await registry.getJob({ jobId: 'before' })).toEqual(before);
  const { jobs } = await registry.listJobs({ limit: 10 });
  expect(jobs.map(({ spec }) => spec.id)).toEqual(['after', 'before']);

  await app.close();
  await postgres.stop();
});
