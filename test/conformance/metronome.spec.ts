import 'reflect-metadata';
import { type DeadLettersApi, type JobRegistryApi, lateBound } from '@carillon/contracts';
import { type Gateway, startGateway } from '@carillon/gateway';
import { JOB_REGISTRY_API, JobRegistryModule } from '@carillon/job-registry';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll } from 'vitest';
import { metronomeCases } from './metronome.cases.js';
import { fakeServices } from './metronome.fakes.js';

let fresh: FreshDatabase;
let registryApp: INestApplicationContext;
let gateway: Gateway;

/** The gateway and the real registry; what needs a cluster is played. The whole shapes run the same cases. */
beforeAll(async () => {
  fresh = await freshDatabase();
  const log = { publish: () => Promise.resolve(), partitionOf: () => 0 };
  registryApp = await NestFactory.createApplicationContext(
    JobRegistryModule.forRoot({ config: { databaseUrl: fresh.url }, log }),
    { logger: false, abortOnError: false },
  );
  const registry = registryApp.get<JobRegistryApi>(JOB_REGISTRY_API);
  const config = { httpHost: '127.0.0.1', httpPort: 0, historyCount: 10 };
  const letters: DeadLettersApi = {
    ...lateBound('DeadLetters').api,
    listDeadLetters: () => Promise.resolve({ deadLetters: [] }),
  };
  gateway = await startGateway({
    config,
    registry,
    timer: lateBound('Timer').api,
    deadLetters: { timer: letters, 'scheduler-framework': letters, history: letters },
    ...fakeServices(registry),
  });
});
afterAll(async () => {
  await gateway.close();
  await registryApp.close();
  await fresh.drop();
});

metronomeCases(() => `http://127.0.0.1:${gateway.port}`, { timer: false });
