import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { TOPICS } from '@carillon/contracts';
import { createEmbeddedEventLog, type EventLog } from '@carillon/event-log';
import { createKafkaEventLog } from '@carillon/event-log/kafka';
import { kafkaMissing, type KafkaRig, startKafka, startPostgres } from '@carillon/rigs';
import pg from 'pg';

export interface Usage {
  readonly cpuUs: number;
  readonly rss: number;
  readonly maxRss: number;
}

/** A real PostgreSQL with fsync, a real Kafka where there is one, and timers that are processes of their own. */
export interface Stage {
  readonly admin: pg.Client;
  /** `Kafka`, or what takes its place and why. */
  readonly broker: string;
  now(): Promise<number>;
  addTimer(): Promise<TimerProcess>;
  /** Tells the timers that something is due which they do not know of. */
  wake(): Promise<void>;
  /** How many decisions are in the log. */
  published(): Promise<number>;
  stop(): Promise<void>;
}

export interface TimerProcess {
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const postgres = await startPostgres({ durable: true });
  const missing = kafkaMissing();
  const kafka: KafkaRig | undefined = missing === undefined ? await startKafka() : undefined;
  const { url } = postgres;
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined); // what is wrong is said by the statement
  await admin.connect();
  const timers: TimerProcess[] = [];
  let log: EventLog | undefined;
  return {
    admin,
    broker: missing === undefined ? 'Kafka' : `the embedded log (no Kafka: ${missing})`,
    async now() {
      const { rows } = await admin.query<{ now: number }>(
        'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
      );
      return rows[0]?.now ?? 0;
    },
    async addTimer() {
      const timer = await startTimer(url, kafka?.brokers ?? '');
      timers.push(timer);
      return timer;
    },
    async wake() {
      await admin.query(`SELECT pg_notify('timer_due', '0')`);
    },
    async published() {
      const topics = [{ name: TOPICS.triggers }];
      log ??= await (kafka === undefined
        ? createEmbeddedEventLog({ url, topics })
        : createKafkaEventLog({ brokers: kafka.brokers, clientId: 'bench', topics }));
      const bounds = await log.bounds([TOPICS.triggers]);
      return bounds.reduce((sum, { start, end }) => sum + Number(end) - Number(start), 0);
    },
    async stop() {
      await Promise.all(timers.map((timer) => timer.stop()));
      await log?.close();
      await admin.end();
      await kafka?.stop();
      await postgres.stop();
    },
  };
}

async function startTimer(url: string, brokers: string): Promise<TimerProcess> {
  const script = new URL('timer-process.js', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--max-semi-space-size=16', script], {
    // as `npm run start:timer` does
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', TIMER_DATABASE_URL: url, TIMER_BROKERS: brokers },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  if ((await nextLine(child, lines)) !== 'started') throw new Error('the timer did not start');
  return {
    async usage() {
      child.stdin.write('usage\n');
      return JSON.parse(await nextLine(child, lines)) as Usage;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.stdin.write('stop\n');
      await once(child, 'exit');
    },
  };
}

async function nextLine(child: ChildProcess, lines: Interface): Promise<string> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the timer has ended');
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return line;
}
