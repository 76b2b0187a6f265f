import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RigProcess } from './child-process.js';
import { type KafkaRig, startKafka } from './kafka.js';
import { freePorts } from './ports.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';

export interface DistributedOptions {
  /** The gateway's port; a free one unless told. */
  readonly httpPort?: number;
  /** For all services, on top of what they need. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStarted?: (part: string) => void;
}

export interface Distributed {
  readonly apiUrl: string;
  /** local-mesos, job-registry, timer, scheduler-framework, history, gateway. */
  readonly processes: readonly RigProcess[];
  readonly kafka: KafkaRig;
  readonly postgres: PostgresServer;
  /** What each process wrote, `<name>.log`. Removed with everything else when it stops. */
  readonly logFolder: string;
  process(name: string): RigProcess;
  stop(): Promise<void>;
}

const SERVICES = ['job-registry', 'timer', 'scheduler-framework', 'history', 'gateway'] as const;
type Service = (typeof SERVICES)[number];

/** Everything as separate processes on this machine: Kafka, PostgreSQL, the local Mesos and the five services. */
export async function startDistributed(options: DistributedOptions = {}): Promise<Distributed> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-distributed-'));
  const logFolder = join(folder, 'logs');
  mkdirSync(logFolder);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    while (undo.length > 0) await undo.pop()?.();
  };
  try {
    const [kafka, postgres] = await Promise.all([
      startKafka().then((rig) => {
        undo.push(() => rig.stop());
        options.onStarted?.(`Kafka at ${rig.brokers}`);
        return rig;
      }),
      startPostgres({ durable: true }).then((server) => {
        undo.push(() => server.stop());
        options.onStarted?.(`PostgreSQL at ${server.url}`);
        return server;
      }),
    ]);
    const [mesosPort = 0, httpPort = 0, ...ports] = await freePorts(2 + SERVICES.length * 2);
    const start = async (process_: RigProcess) => {
      undo.push(() => process_.stop());
      await process_.start();
      options.onStarted?.(`${process_.name} (pid ${process_.pid})`);
      return process_;
    };
    const mesos = await start(localMesos(folder, mesosPort));
    const environment = {
      ...addresses(ports),
      CARILLON_DATABASE_URL: postgres.url,
      CARILLON_KAFKA_BROKERS: kafka.brokers,
      CARILLON_MESOS_MASTER: `127.0.0.1:${mesosPort}`,
      CARILLON_HTTP_PORT: String(options.httpPort ?? httpPort),
      ...options.environment,
    };
    const services = await Promise.all(
      SERVICES.map((name) => start(service(name, ports, logFolder, environment))),
    );
    const processes = [mesos, ...services];
    return {
      apiUrl: `http://127.0.0.1:${environment.CARILLON_HTTP_PORT}`,
      processes,
      kafka,
      postgres,
      logFolder,
      process: (name) => {
        const found = processes.find((process_) => process_.name === name);
        if (!found) throw new Error(`there is no process ${name}`);
        return found;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function localMesos(folder: string, port: number): RigProcess {
  return new RigProcess({
    name: 'local-mesos',
    script: fileURLToPath(new URL('../dist/local-mesos-process.js', import.meta.url)),
    arguments: [join(folder, 'mesos'), String(port)],
    environment: {},
    logFile: join(folder, 'logs', 'local-mesos.log'),
    ready: () => accepts(port),
  });
}

function service(
  name: Service,
  ports: readonly number[],
  logFolder: string,
  environment: Readonly<Record<string, string>>,
): RigProcess {
  const [grpcPort, adminPort] = portsOf(name, ports);
  return new RigProcess({
    name,
    script: fileURLToPath(new URL(`../../../services/${name}/dist/main.js`, import.meta.url)),
    environment: {
      ...environment,
      CARILLON_GRPC_PORT: String(grpcPort),
      CARILLON_ADMIN_PORT: String(adminPort),
      CARILLON_INSTANCE: `${name}-1`,
    },
    logFile: join(logFolder, `${name}.log`),
    ready: async () => (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).ok,
  });
}

function addresses(ports: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    SERVICES.filter((name) => name !== 'gateway').map((name) => [
      `CARILLON_${name.toUpperCase().replaceAll('-', '_')}_ADDRESS`,
      `127.0.0.1:${portsOf(name, ports)[0]}`,
    ]),
  );
}

/** For gRPC and for administration. */
function portsOf(name: Service, ports: readonly number[]): [number, number] {
  const at = SERVICES.indexOf(name) * 2;
  return [ports[at] ?? 0, ports[at + 1] ?? 0];
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
