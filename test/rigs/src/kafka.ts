import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from './certificates.js';
import { accepts, ended, JavaServer } from './java-server.js';
import { freePorts } from './ports.js';

const kafka = new JavaServer('kafka', 'kafka_2.13');

/** A Kafka to test against. Only an own one (`owned`) can be killed, paused and restarted. */
export interface KafkaRig {
  readonly brokers: string;
  /** With TLS and a user, when it was started with those. */
  readonly secureBrokers: string | undefined;
  readonly owned: boolean;
  /** SIGKILL; returns when the process is gone. `restart` starts it again on the same data and ports. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Why no Kafka can be started here, with the remedy; undefined when one can. */
export function kafkaMissing(): string | undefined {
  if (process.env.KAFKA_BROKERS) return undefined;
  return kafka.missing();
}

/** A listener more, with TLS, that lets in one user by SASL's PLAIN. */
export interface SecureListener {
  readonly certificate: Pick<Certificate, 'key' | 'cert'>;
  readonly username: string;
  readonly password: string;
}

/** Starts Apache Kafka (KRaft, one node, random ports), or uses the one that KAFKA_BROKERS names. */
export async function startKafka(secure?: SecureListener): Promise<KafkaRig> {
  if (process.env.KAFKA_BROKERS) return foreign(process.env.KAFKA_BROKERS);
  const missing = kafkaMissing();
  if (missing !== undefined) throw new Error(`Kafka cannot be started: ${missing}`);

  const [port, controllerPort, securePort] = (await freePorts(3)) as [number, number, number];
  const folder = await mkdtemp(join(tmpdir(), 'carillon-kafka-'));
  const settings = join(folder, 'server.properties');
  const listener = secure && { ...secure, port: securePort };
  await writeFile(settings, properties(folder, port, controllerPort, listener));
  await promisify(execFile)(
    kafka.java,
    [
      ...kafka.flags('-Xmx64m'),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      'Y2FyaWxsb24ta2Fma2EtMQ',
      '-c',
      settings,
    ],
    { env: kafka.environment() },
  );

  let process_ = await launch(settings, port);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const killOnExit = () => {
    process_.kill('SIGKILL');
    removeFolder();
  };
  process.once('exit', killOnExit);
  return {
    brokers: `127.0.0.1:${port}`,
    secureBrokers: secure && `127.0.0.1:${securePort}`,
    owned: true,
    kill9: () => ended(process_, 'SIGKILL'),
    restart: async () => {
      await ended(process_, 'SIGKILL');
      process_ = await launch(settings, port);
    },
    pause: () => void process_.kill('SIGSTOP'),
    resume: () => void process_.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', killOnExit);
      await ended(process_, 'SIGKILL'); // its data is of no use to anybody: no reason to wait for an orderly end
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function secureProperties({ port, certificate, username, password }: SecureListener & { port: number }) {
  const pem = (text: string) => text.trim().replaceAll('\n', '\\n');
  const prefix = 'listener.name.secure';
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    address: `,SECURE://127.0.0.1:${port}`,
    protocol: ',SECURE:SASL_SSL',
    settings: {
      [`${prefix}.ssl.keystore.type`]: 'PEM',
      [`${prefix}.ssl.keystore.key`]: pem(certificate.key),
      [`${prefix}.ssl.keystore.certificate.chain`]: pem(certificate.cert),
      [`${prefix}.sasl.enabled.mechanisms`]: 'PLAIN',
      [`${prefix}.plain.sasl.jaas.config`]: `${login} user_${username}="${password}";`,
      'inter.broker.listener.name': 'PLAINTEXT',
    },
  };
}

function properties(
  folder: string,
  port: number,
  controllerPort: number,
  listener: (SecureListener & { port: number }) | undefined,
): string {
  const secure = listener && secureProperties(listener);
  return Object.entries({
    ...secure?.settings,
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${secure?.address ?? ''}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${secure?.address ?? ''}`,
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${secure?.protocol ?? ''}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'broker.heartbeat.interval.ms': 200,
    'broker.session.timeout.ms': 1000, // a killed broker may register again only after this
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'log.cleaner.enable': false,
    'log.retention.check.interval.ms': 1000,
    'log.segment.delete.delay.ms': 100,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

async function launch(settings: string, port: number): Promise<ChildProcess> {
  const child = spawn(kafka.java, [...kafka.flags('-Xmx384m'), 'kafka.Kafka', settings], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: kafka.environment(),
    detached: true, // Ctrl-C is for the rig, which ends it in its turn
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000);
  });
  const deadline = Date.now() + 100_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`Kafka ended with ${child.exitCode}: ${complaints}`);
    if (Date.now() > deadline) {
      await ended(child, 'SIGKILL');
      throw new Error(`Kafka did not open port ${port} within 100 s: ${complaints}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

function foreign(brokers: string): KafkaRig {
  const refuse = () => {
    throw new Error(`${brokers} (KAFKA_BROKERS) was not started here, so it is not stopped here`);
  };
  return {
    brokers,
    secureBrokers: undefined,
    owned: false,
    kill9: refuse,
    restart: refuse,
    pause: refuse,
    resume: refuse,
    stop: async () => {},
  };
}
