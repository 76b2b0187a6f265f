import { hostname } from 'node:os';
import { asJsonMessage, TOPICS } from '@carillon/contracts';
import { startPostgres, supervise } from '@carillon/embedded-postgres';
import {
  createEmbeddedEventLog,
  type EmbeddedLog,
  type EventLog,
  type TopicOptions,
} from '@carillon/event-log';
import { unavailable } from '@carillon/event-sourcing';
import { startGateway } from '@carillon/gateway';
import { startLocalMesos } from '@carillon/local-mesos';
import {
  createLogger,
  ExitError,
  type RunningProcess,
  rush,
  startAdminServer,
  startTelemetry,
} from '@carillon/service-runtime';
import { NestFactory } from '@nestjs/core';
import { applyJobs, jobsOf } from './apply-jobs.js';
import { databaseProblem } from './database-problem.js';
import { type DataFolder, takeDataFolder } from './data-folder.js';
import { readJobFiles } from './job-files.js';
import { RunLines } from './run-lines.js';
import type { Settings } from './settings.js';
import { type Peers, PEERS, StandaloneModule } from './standalone.module.js';
import type { StandaloneOptions } from './standalone.options.js';
import { Undo } from './undo.js';
import { upkeep } from './upkeep.js';

/**
 * Small enough for a laptop; durable as PostgreSQL's defaults are (fsync and synchronous_commit stay on). Ten thousand
 * runs that are due at once dirty some 11,000 pages within four seconds: of half the buffers they pushed each other out.
 */
const POSTGRES_SETTINGS = {
  shared_buffers: '64MB',
  wal_buffers: '8MB',
  max_connections: '60',
  jit: 'off',
  log_min_messages: 'warning',
  max_worker_processes: '2',
  max_parallel_workers: '0',
};

const print = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Brings up everything in one process and says where the API is. What was started is stopped again, last first, both
 * by `stop` and when a later part does not start.
 */
export async function startStandalone(
  options: StandaloneOptions,
  settings: Settings,
): Promise<RunningProcess> {
  const undo = new Undo();
  const fatal = Promise.withResolvers<never>();
  try {
    const jobs = jobsOf(await readJobFiles(options.jobs));
    const telemetry = startTelemetry({ serviceName: 'carillon' });
    undo.push(() => telemetry.shutdown());
    const folder = await takeDataFolder(options.data, print);
    undo.push(() => folder.release());

    const database = startDatabase(options, folder, undo, fatal.reject);
    const starting = [database, startMesos(options, settings, folder, undo)] as const;
    await Promise.allSettled(starting); // what is still starting when the other fails could not be stopped
    const [databaseUrl, mesos] = await Promise.all(starting);
    const configs = settings.services(databaseUrl, mesos);
    const lines = new RunLines(print);
    const eventLog = await startLog(options, databaseUrl, undo);
    const log = lines.observing(eventLog);
    const services = await NestFactory.createApplicationContext(
      StandaloneModule.forRoot({
        log,
        onFatal: fatal.reject,
        ...configs,
        framework: { ...ownFramework(options, folder), ...configs.framework },
      }),
      { logger: ['error', 'warn'], abortOnError: false },
    );
    undo.push(() => services.close());
    const peers = services.get<Peers>(PEERS);
    const gatewayConfig = settings.gateway(options.port);
    const gateway = await portOf(
      '--port <number>',
      startGateway({ config: gatewayConfig, ...peers }),
      gatewayConfig.httpHost,
    );
    undo.push(() => gateway.close());
    const admin = await portOf(
      'CARILLON_ADMIN_PORT=<number>',
      startAdminServer({
        port: settings.adminPort,
        checks: {
          registry: () => peers.registry.listJobs({ limit: 1 }),
          framework: () => peers.framework.getLeader({}),
          history: () => peers.history.getSummaries({ uids: [] }),
        },
      }),
    );
    undo.push(() => admin.close());

    const applied = await applyJobs(peers.registry, jobs);
    if (jobs.length > 0) {
      print(
        `jobs: ${applied.created} created, ${applied.changed} changed, ${applied.unchanged} as they were`,
      );
    }
    print(
      `API at http://localhost:${gateway.port} (Metronome's: /v1/jobs), metrics at http://localhost:${admin.port}/metrics`,
    );
    for (const loop of upkeep(services, eventLog)) {
      undo.push(() => loop.stop());
      loop.start();
    }
    return {
      finished: fatal.promise,
      stop: () => {
        print('stopping …');
        return undo.all();
      },
    };
  } catch (error) {
    return await undo.after(
      options.database === 'embedded' ? error : databaseProblem(options.database, error),
    );
  }
}

/**
 * Known by its data folder, so that after a crash it leads again at once, however long the lease is. The local agent
 * starts hundreds of tasks at a time.
 */
const ownFramework = (options: StandaloneOptions, folder: DataFolder) => ({
  instance: `${hostname()}:${folder.path}`,
  leaseMs: 15_000,
  ...(options.mesos === 'local' ? { launchWindow: { initial: 1_000, max: 1_000 } } : {}),
});

/** Says how to choose another port when the one that was asked for is taken or not allowed, and which host is none of ours. */
async function portOf<T>(choice: string, listening: Promise<T>, host?: string): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    const { code, port, message } = error as { code?: string; port?: number; message?: string };
    if (code === 'EADDRINUSE')
      throw new ExitError(`port ${port} is in use by another process: choose another with ${choice}`);
    if (code === 'EACCES')
      throw new ExitError(`port ${port} may not be used by this user: choose another with ${choice}`);
    if (host !== undefined && (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'))
      throw new ExitError(`CARILLON_HTTP_HOST="${host}": must be an address of this machine: ${message}`);
    throw error;
  }
}

async function startDatabase(
  options: StandaloneOptions,
  folder: DataFolder,
  undo: Undo,
  onFatal: (error: Error) => void,
): Promise<string> {
  if (options.database !== 'embedded') return options.database;
  const postgres = await startPostgres({
    dataDir: folder.postgres,
    settings: POSTGRES_SETTINGS,
    socket: true,
  });
  undo.push(() => postgres.stop());
  const supervision = supervise(postgres, {
    onGone: () => print(`PostgreSQL (process ${postgres.pid}) is gone: starting it again …`),
    onRestarted: () => print(`PostgreSQL runs again (process ${postgres.pid})`),
    onGivenUp: ({ message }) => onFatal(new ExitError(`PostgreSQL does not stay up: ${message}`)),
  });
  undo.push(() => supervision.stop());
  return postgres.url;
}

async function startMesos(
  options: StandaloneOptions,
  settings: Settings,
  folder: DataFolder,
  undo: Undo,
): Promise<string> {
  if (options.mesos !== 'local') return options.mesos;
  const log = createLogger('local-mesos');
  const mesos = await startLocalMesos({
    ...{ dataDir: folder.mesos, logger: log, onStarting: (count) => rush.saw(count) },
    ...settings.localAgent,
  });
  undo.push(async () => {
    const { leftRunning } = await mesos.stop();
    if (leftRunning.length > 0) {
      print(`left running, to be found again at the next start: ${leftRunning.join(', ')}`);
    }
  });
  return mesos.address;
}

/** So long a broker may take to answer at the start. */
const KAFKA_START_MS = 15_000;

async function startLog(
  options: StandaloneOptions,
  databaseUrl: string,
  undo: Undo,
): Promise<EventLog | EmbeddedLog> {
  const topics = Object.values(TOPICS).map((name) => ({ name }));
  const log =
    options.kafka === 'embedded'
      ? await createEmbeddedEventLog({
          url: databaseUrl,
          topics,
          onlyProcess: options.database === 'embedded',
        })
      : await connectKafka(options.kafka, topics);
  undo.push(() => log.close());
  return log;
}

/** Kafka's client is loaded by who uses it: it costs a start 141 modules. */
async function connectKafka(brokers: string, topics: readonly TopicOptions[]): Promise<EventLog> {
  const { createKafkaEventLog, kafkaFromEnvironment } = await import('@carillon/event-log/kafka');
  return createKafkaEventLog({
    brokers,
    clientId: `carillon-${hostname()}`,
    ...kafkaFromEnvironment(asJsonMessage),
    topics,
    startTimeoutMs: KAFKA_START_MS,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw unavailable('kafkaUnusable', `Kafka at ${brokers} cannot be used: ${why}`, error);
  });
}
