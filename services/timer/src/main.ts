import 'reflect-metadata';
import {
  asJsonMessage,
  type DeadLettersApi,
  type EventSourceApi,
  type TimerApi,
  TOPICS,
} from '@carillon/contracts';
import { bind, grpcClient, serveGrpc } from '@carillon/contracts/grpc';
import { createKafkaEventLog, kafkaFromEnvironment } from '@carillon/event-log/kafka';
import type { Database } from '@carillon/event-store';
import { loadConfig, runMain, startAdminServer, startTelemetry } from '@carillon/service-runtime';
import { NestFactory } from '@nestjs/core';
import { timerConfigSchema } from './timer.config.js';
import {
  TIMER_API,
  TIMER_DATABASE,
  TIMER_DEAD_LETTERS,
  TIMER_EVENT_SOURCE,
  TimerModule,
} from './timer.module.js';

runMain('carillon-timer', async () => {
  const config = loadConfig(timerConfigSchema);
  const telemetry = startTelemetry({ serviceName: 'timer' });
  const log = await createKafkaEventLog({
    brokers: config.kafkaBrokers.join(','),
    clientId: 'carillon-timer',
    ...kafkaFromEnvironment(asJsonMessage),
    topics: [TOPICS.jobs, TOPICS.triggers, TOPICS.runs].map((name) => ({ name })),
  });
  const registry = grpcClient('JobRegistry', config.jobRegistryAddress);
  const refill = {
    'job-registry': grpcClient('EventSource', config.jobRegistryAddress),
    'scheduler-framework': grpcClient('EventSource', config.schedulerFrameworkAddress),
  };
  const module = TimerModule.forRoot({ config: config.timer, log, refill, registry });
  const app = await NestFactory.createApplicationContext(module, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const database = app.get<Database>(TIMER_DATABASE);
  const grpc = await serveGrpc({
    port: config.grpcPort,
    services: [
      bind('Timer', app.get<TimerApi>(TIMER_API)),
      bind('EventSource', app.get<EventSourceApi>(TIMER_EVENT_SOURCE)),
      bind('DeadLetters', app.get<DeadLettersApi>(TIMER_DEAD_LETTERS)),
    ],
  });
  const admin = await startAdminServer({
    port: config.adminPort,
    checks: {
      database: () => database.query('SELECT 1'),
      broker: () => log.bounds([TOPICS.triggers]),
    },
  });
  return {
    async stop() {
      await grpc.close();
      await app.close();
      await log.close();
      for (const client of [registry, ...Object.values(refill)]) client.close();
      await admin.close();
      await telemetry.shutdown();
    },
  };
});
