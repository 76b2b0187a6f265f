import 'reflect-metadata';
import {
  asJsonMessage,
  type DeadLettersApi,
  type EventSourceApi,
  type SchedulerFrameworkApi,
  TOPICS,
} from '@carillon/contracts';
import { bind, grpcClient, serveGrpc } from '@carillon/contracts/grpc';
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
import { rehearsedRuns } from './application/rehearse-runs.js';
import { schedulerFrameworkConfigSchema } from './scheduler-framework.config.js';
import {
  SCHEDULER_FRAMEWORK_API,
  SCHEDULER_FRAMEWORK_DATABASE,
  SCHEDULER_FRAMEWORK_DEAD_LETTERS,
  SCHEDULER_FRAMEWORK_EVENT_SOURCE,
  SchedulerFrameworkModule,
} from './scheduler-framework.module.js';

runMain('carillon-scheduler-framework', async () => {
  const config = loadConfig(schedulerFrameworkConfigSchema);
  const telemetry = startTelemetry({ serviceName: 'scheduler-framework' });
  const log = await createKafkaEventLog({
    brokers: config.kafkaBrokers.join(','),
    clientId: 'carillon-scheduler-framework',
    ...kafkaFromEnvironment(asJsonMessage),
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  const registry = grpcClient('JobRegistry', config.jobRegistryAddress);
  const history = grpcClient('History', config.historyAddress);
  const jobEvents = grpcClient('EventSource', config.jobRegistryAddress);
  const triggers = grpcClient('EventSource', config.timerAddress);
  const module = SchedulerFrameworkModule.forRoot({
    config: config.framework,
    log,
    registry,
    history,
    refill: { 'job-registry': jobEvents, timer: triggers },
  });
  const app = await NestFactory.createApplicationContext(module, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const database = app.get<Database>(SCHEDULER_FRAMEWORK_DATABASE);
  const grpc = await serveGrpc({
    port: config.grpcPort,
    services: [
      bind('SchedulerFramework', app.get<SchedulerFrameworkApi>(SCHEDULER_FRAMEWORK_API)),
      bind('EventSource', app.get<EventSourceApi>(SCHEDULER_FRAMEWORK_EVENT_SOURCE)),
      bind('DeadLetters', app.get<DeadLettersApi>(SCHEDULER_FRAMEWORK_DEAD_LETTERS)),
    ],
  });
  const admin = await startAdminServer({
    port: config.adminPort,
    checks: {
      database: () => database.query('SELECT 1'),
      broker: () => log.bounds([TOPICS.runs]),
    },
  });
  const rehearsal = new Rehearsal({ acts: [rehearsedRuns], log: createLogger('scheduler-framework') });
  rehearsal.start();
  return {
    async stop() {
      await rehearsal.stop();
      await grpc.close();
      await app.close();
      await log.close();
      for (const client of [registry, history, jobEvents, triggers]) client.close();
      await admin.close();
      await telemetry.shutdown();
    },
  };
});
