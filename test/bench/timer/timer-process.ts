import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { createEmbeddedEventLog } from '@carillon/event-log';
import { createKafkaEventLog } from '@carillon/event-log/kafka';
import { startTelemetry } from '@carillon/service-runtime';
import { TimerModule } from '@carillon/timer';
import { NestFactory } from '@nestjs/core';
import { NO_JOBS } from './nobody.js';

/** The timer as a process of its own, all of it but its gRPC. Says `started`, then for each line that it reads what it took so far. */
const { TIMER_DATABASE_URL: url = '', TIMER_BROKERS: brokers = '' } = process.env;
const topics = [TOPICS.jobs, TOPICS.triggers, TOPICS.runs].map((name) => ({ name }));
const nothing: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };

startTelemetry({ serviceName: 'timer', env: {} });
const log = await (brokers === ''
  ? createEmbeddedEventLog({ url, topics })
  : createKafkaEventLog({ brokers, clientId: `bench-${process.pid}`, topics }));
const module = TimerModule.forRoot({
  config: { databaseUrl: url },
  log,
  refill: { 'job-registry': nothing, 'scheduler-framework': nothing },
  registry: NO_JOBS,
});
const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
process.stdout.write('started\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') break;
  const { user, system } = process.cpuUsage();
  const usage = {
    cpuUs: user + system,
    rss: process.memoryUsage.rss(),
    maxRss: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(`${JSON.stringify(usage)}\n`);
}
await app.close();
await log.close();
process.exit(0);
