import 'reflect-metadata';
import {
  asJsonMessage,
  type DeadLettersApi,
  type EventSourceApi,
  type HistoryApi,
  TOPICS,
} from '@carillon/contracts';
import { bind, grpcClient, serveGrpc } from '@carillon/contracts/grpc';
import type { Consumer } from '@carillon/event-log';
import { createKafkaEventLog, kafkaFromEnvironment } from '@carillon/event-log/kafka';
import type { Database } from '@carillon/event-store';
import { loadConfig, runMain, startAdminServer, startTelemetry } from '@carillon/service-runtime';
import { NestFactory } from '@nestjs/core';
import { forgetHistory } from './adapters/postgres/forget-history.js';
import { rebuildHistory } from './application/rebuild-history.js';
import { historyConfigSchema } from './history.config.js';
import {
  HISTORY_API,
  HISTORY_CONSUMER,
  HISTORY_DATABASE,
  HISTORY_DEAD_LETTERS,
  HistoryModule,
} from './history.module.js';

runMain('carillon-history', async () => {
  const config = loadConfig(historyConfigSchema);
  const telemetry = startTelemetry({ serviceName: 'history' });
  const log = await createKafkaEventLog({
    brokers: config.kafkaBrokers.join(','),
    clientId: 'carillon-history',
    ...kafkaFromEnvironment(asJsonMessage),
    topics: Object.values(TOPICS).map((name) => ({ name })),
  });
  const owners = Object.entries(config.sources).map(([source, address]) => ({
    source,
    api: grpcClient('EventSource', address),
  }));
  const refill: Record<string, EventSourceApi> = Object.fromEntries(
    owners.map(({ source, api }) => [source, api]),
  );
  const app = await NestFactory.createApplicationContext(HistoryModule.forRoot({ config, log, refill }), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const database = app.get<Database>(HISTORY_DATABASE);
  if (process.argv.includes('--rebuild')) {
    await rebuildHistory({
      consumer: app.get<Consumer>(HISTORY_CONSUMER),
      forget: () => forgetHistory(database),
    });
  }
  const grpc = await serveGrpc({
    port: config.grpcPort,
    services: [
      bind('History', app.get<HistoryApi>(HISTORY_API)),
      bind('DeadLetters', app.get<DeadLettersApi>(HISTORY_DEAD_LETTERS)),
    ],
  });
  const admin = await startAdminServer({
    port: config.adminPort,
    checks: {
      database: () => database.query('SELECT 1'),
      broker: () => log.bounds([TOPICS.runs]),
    },
  });
  return {
    async stop() {
      await grpc.close();
      await app.close();
      await log.close();
      for (const { api } of owners) api.close();
      await admin.close();
      await telemetry.shutdown();
    },
  };
});
