import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { type EventSourceApi, type Job, TOPICS } from '@carillon/contracts';
import { createEmbeddedEventLog } from '@carillon/event-log';
import { runMain } from '@carillon/service-runtime';
import { NestFactory } from '@nestjs/core';
import type { SchedulerFrameworkConfig } from '../scheduler-framework.config.js';
import { SchedulerFrameworkModule } from '../scheduler-framework.module.js';

/** One instance as a process of its own, to be killed and paused: `node instance.main.js <config> <file with jobs>`. */
runMain('instance', async () => {
  const [, , given = '', jobsFile = ''] = process.argv;
  const config = JSON.parse(given) as SchedulerFrameworkConfig;
  const jobs = new Map((JSON.parse(readFileSync(jobsFile, 'utf8')) as Job[]).map((job) => [job.uid, job]));
  const log = await createEmbeddedEventLog({
    url: config.databaseUrl,
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  const nobody: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };
  const module = SchedulerFrameworkModule.forRoot({
    config,
    log,
    refill: { 'job-registry': nobody, timer: nobody },
    registry: {
      getRevisions: ({ revisions }) =>
        Promise.resolve({ jobs: revisions.flatMap(({ uid }) => jobs.get(uid) ?? []) }),
    },
    history: { haveRuns: () => Promise.resolve({ runs: [] }) },
  });
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  await app.init();
  return {
    async stop() {
      await app.close();
      await log.close();
    },
  };
});
