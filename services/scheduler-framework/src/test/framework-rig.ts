import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  decodeEvent,
  encodeEvent,
  type DeadLettersApi,
  type EventSourceApi,
  type HistoryApi,
  type Job,
  type JobRegistryApi,
  type JobSpec,
  type PublicEvent,
  type RunDue,
  type SchedulerFrameworkApi,
  TOPICS,
} from '@carillon/contracts';
import { createEmbeddedEventLog, type EventLog, type LogMessage } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import { type LocalMesos, type LocalMesosOptions, startLocalMesos } from '@carillon/local-mesos';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { runIdOf } from '@carillon/time';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connectFrameworkDatabase } from '../adapters/postgres/framework-database.js';
import { PostgresLease } from '../adapters/postgres/postgres-lease.js';
import { runSpec } from '../domain/run-spec.fixtures.js';
import type { SchedulerFrameworkConfig } from '../scheduler-framework.config.js';
import {
  SCHEDULER_FRAMEWORK_API,
  SCHEDULER_FRAMEWORK_DATABASE,
  SCHEDULER_FRAMEWORK_DEAD_LETTERS,
  SCHEDULER_FRAMEWORK_EVENT_SOURCE,
  SchedulerFrameworkModule,
} from '../scheduler-framework.module.js';

export interface Instance {
  readonly api: SchedulerFrameworkApi;
  readonly events: EventSourceApi;
  readonly deadLetters: DeadLettersApi;
  readonly database: Database;
  close(): Promise<void>;
}

export function job(uid: string, run: Partial<JobSpec['run']>, change: Partial<JobSpec> = {}): Job {
  const spec: JobSpec = {
    id: `test.${uid}`,
    dependencies: [],
    labels: {},
    schedules: [],
    run: runSpec(run),
    ...change,
  };
  return { uid, revision: 1, createdAt: 0, definedAt: 0, spec };
}

/** As the timer publishes it. */
export const dueMessage = (due: RunDue, trace: { traceparent?: string } = {}) =>
  encodeEvent('RunDue', due, { eventId: due.runId, time: due.dueAt, source: 'timer', ...trace });

/** A database, a log, a local Mesos and the neighbours of the service; instances on top of it. */
export class FrameworkRig {
  readonly postgres: FreshDatabase;
  readonly log: EventLog;
  readonly jobs = new Map<string, Job>();
  readonly known = new Set<string>();
  readonly #folder: string;
  readonly #mesosOptions: Partial<LocalMesosOptions>;
  readonly timing = { leaseMs: 2_000, reconciliationWaitMs: 5_000 };
  readonly #children = new Set<ChildProcess>();
  readonly #observers = new Set<Database>();
  mesos: LocalMesos;
  #position = 0;
  readonly #instances = new Set<Instance>();

  private constructor(
    postgres: FreshDatabase,
    log: EventLog,
    folder: string,
    mesos: LocalMesos,
    options: Partial<LocalMesosOptions>,
  ) {
    this.postgres = postgres;
    this.log = log;
    this.#folder = folder;
    this.mesos = mesos;
    this.#mesosOptions = options;
  }

  static async start(mesosOptions: Partial<LocalMesosOptions> = {}): Promise<FrameworkRig> {
    const postgres = await freshDatabase();
    const log = await createEmbeddedEventLog({
      url: postgres.url,
      topics: Object.values(TOPICS).map((name) => ({ name })),
    });
    const folder = mkdtempSync(join(tmpdir(), 'carillon-framework-'));
    const options = { cpus: 100, mem: 1_000_000, ...mesosOptions };
    const mesos = await startLocalMesos({ dataDir: join(folder, 'mesos'), ...options });
    return new FrameworkRig(postgres, log, folder, mesos, options);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    for (const instance of this.#instances) await instance.close();
    for (const database of this.#observers) await database.close();
    await this.mesos.stop({ killTasks: true });
    await this.log.close();
    await this.postgres.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  async stopMesos(): Promise<void> {
    await this.mesos.stop();
  }

  /** On the same folder and port. */
  async startMesos(): Promise<void> {
    const port = Number(this.mesos.address.split(':')[1]);
    this.mesos = await startLocalMesos({ dataDir: join(this.#folder, 'mesos'), port, ...this.#mesosOptions });
  }

  readonly registry: Pick<JobRegistryApi, 'getRevisions'> = {
    getRevisions: ({ revisions }) =>
      Promise.resolve({ jobs: revisions.flatMap(({ uid }) => this.jobs.get(uid) ?? []) }),
  };

  readonly history: Pick<HistoryApi, 'haveRuns'> = {
    haveRuns: ({ runs }) => Promise.resolve({ runs: runs.filter(({ runId }) => this.known.has(runId)) }),
  };

  define(...jobs: readonly Job[]): void {
    for (const one of jobs) this.jobs.set(one.uid, one);
  }

  async instance(config: Partial<SchedulerFrameworkConfig> = {}): Promise<Instance> {
    const nobody: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };
    const module = SchedulerFrameworkModule.forRoot({
      config: {
        databaseUrl: this.postgres.url,
        mesosMaster: this.mesos.address,
        ...this.timing,
        ...config,
      },
      log: this.log,
      refill: { 'job-registry': nobody, timer: nobody },
      registry: this.registry,
      history: this.history,
    });
    const app: INestApplicationContext = await NestFactory.createApplicationContext(module, {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    const instance: Instance = {
      api: app.get<SchedulerFrameworkApi>(SCHEDULER_FRAMEWORK_API),
      events: app.get<EventSourceApi>(SCHEDULER_FRAMEWORK_EVENT_SOURCE),
      deadLetters: app.get<DeadLettersApi>(SCHEDULER_FRAMEWORK_DEAD_LETTERS),
      database: app.get<Database>(SCHEDULER_FRAMEWORK_DATABASE),
      close: () => {
        this.#instances.delete(instance);
        return app.close();
      },
    };
    this.#instances.add(instance);
    return instance;
  }

  /** An eye on the lease that takes no part. */
  async observer(): Promise<Pick<SchedulerFrameworkApi, 'getLeader'>> {
    const database = await connectFrameworkDatabase(this.postgres.url);
    this.#observers.add(database);
    const lease = new PostgresLease(database, { framework: 'carillon', holder: 'observer', ttlMs: 0 });
    return { getLeader: () => lease.current() };
  }

  /** An instance in a process of its own (built code), with the jobs defined so far. It leads when this returns. */
  async process(
    observer: Pick<SchedulerFrameworkApi, 'getLeader'>,
    config: Partial<SchedulerFrameworkConfig> = {},
  ): Promise<ChildProcess> {
    const instance = 'process';
    const file = this.file('jobs.json');
    writeFileSync(file, JSON.stringify([...this.jobs.values()]));
    const whole = {
      databaseUrl: this.postgres.url,
      mesosMaster: this.mesos.address,
      instance,
      ...this.timing,
      ...config,
    };
    const main = fileURLToPath(new URL('../../dist/test/instance.main.js', import.meta.url));
    const child = spawn(process.execPath, [main, JSON.stringify(whole), file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#children.add(child);
    while ((await observer.getLeader({})).holder !== instance) {
      if (child.exitCode !== null) throw new Error('the instance ended');
      await new Promise((done) => setTimeout(done, 20));
    }
    return child;
  }

  due(one: Job, change: Partial<RunDue> = {}): RunDue {
    const dueAt = change.dueAt ?? Date.now();
    const scheduleId = 'default';
    return {
      jobId: one.spec.id,
      uid: one.uid,
      revision: one.revision,
      runId: runIdOf({ uid: one.uid, scheduleId, dueAt }),
      scheduleId,
      dueAt,
      decidedAt: dueAt,
      trigger: 'schedule',
      ...change,
    };
  }

  async fire(dues: readonly RunDue[], trace: { traceparent?: string } = {}): Promise<void> {
    await this.publish(
      dues.map((due) => dueMessage(due, trace)),
      'timer',
    );
  }

  async remove(one: Job): Promise<void> {
    const data = { jobId: one.spec.id, uid: one.uid, removedAt: Date.now() };
    const meta = { eventId: `removed-${one.uid}`, time: Date.now(), source: 'job-registry' };
    await this.publish([encodeEvent('JobRemoved', data, meta)], 'job-registry');
  }

  async publish(
    messages: readonly Omit<LogMessage, 'source' | 'sourcePosition'>[],
    source: string,
  ): Promise<void> {
    await this.log.publish(
      messages.map((message) => ({
        ...message,
        source,
        sourcePosition: { window: '1', position: String((this.#position += 1)) },
      })),
    );
  }
}

/** Everything that the service published, in order. */
export async function published({ events }: Instance): Promise<PublicEvent[]> {
  const page = await events.readPublished({
    topic: TOPICS.runs,
    partition: 0,
    partitions: 1,
    limit: 100_000,
  });
  return page.events.flatMap((message) => decodeEvent(message) ?? []);
}
