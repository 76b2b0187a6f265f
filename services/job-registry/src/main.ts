import 'reflect-metadata';
import { asJsonMessage, type EventSourceApi, type JobRegistryApi, TOPICS } from '@carillon/contracts';
import { bind, serveGrpc } from '@carillon/contracts/grpc';
import { createKafkaEventLog, kafkaFromEnvironment } from '@carillon/event-log/kafka';
import type { Database } from '@carillon/event-store';
import {
  createLogger,
  loadConfig,
  Rehearsal,
  runMain,
  startAdminServer,
  startTelemetry,
} from '@carillon/service-runtime';
import { NestFactory } from '@nestjs/core';
import { jobRegistryConfigSchema } from './job-registry.config.js';
import {
  JOB_REGISTRY_API,
  JOB_REGISTRY_DATABASE,
  JOB_REGISTRY_EVENT_SOURCE,
  JobRegistryModule,
} from './job-registry.module.js';
import { rehearsedCreates } from './rehearse-creates.js';

runMain('carillon-job-registry', async () => {
  const config = loadConfig(jobRegistryConfigSchema);
  const telemetry = startTelemetry({ serviceName: 'job-registry' });
  const log = await createKafkaEventLog({
    brokers: config.kafkaBrokers.join(','),
    clientId: 'carillon-job-registry',
    ...kafkaFromEnvironment(asJsonMessage),
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  const app = await NestFactory.createApplicationContext(JobRegistryModule.forRoot({ config, log }), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const database = app.get<Database>(JOB_REGISTRY_DATABASE);
  const grpc = await serveGrpc({
    port: config.grpcPort,
    services: [
      bind('JobRegistry', app.get<JobRegistryApi>(JOB_REGISTRY_API)),
      bind('EventSource', app.get<EventSourceApi>(JOB_REGISTRY_EVENT_SOURCE)),
    ],
  });
  const admin = await startAdminServer({
    port: config.adminPort,
    checks: {
      database: () => database.query('SELECT 1'),
      broker: () => log.bounds([TOPICS.jobs]),
    },
  });
  const rehearsal = new Rehearsal({
    acts: [rehearsedCreates(database)],
    log: createLogger('job-registry'),
  });
  rehearsal.start();
  return {
    async stop() {
      await rehearsal.stop();
      await grpc.close();
      await app.close();
      await log.close();
      await admin.close();
      await telemetry.shutdown();
    },
  };
});
