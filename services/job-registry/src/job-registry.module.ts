import type { EventSourceApi, JobRegistryApi } from '@carillon/contracts';
import { type EventLog, partitionOfKey } from '@carillon/event-log';
import { Aggregates, type Database, EventStore, PublishedEvents, Relay } from '@carillon/event-store';
import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectJobRegistryDatabase } from './adapters/postgres/job-registry-database.js';
import { PostgresAnsweredRequests } from './adapters/postgres/postgres-answered-requests.js';
import { PostgresDependencyBook } from './adapters/postgres/postgres-dependency-book.js';
import { PostgresJobBook } from './adapters/postgres/postgres-job-book.js';
import { Dependencies } from './application/dependencies.js';
import { JobRegistry } from './application/job-registry.js';
import { SOURCE, toPublic } from './application/published.js';
import { JOB } from './application/streams.js';
import { jobDecider } from './domain/job.decide.js';
import type { JobRegistryConfig } from './job-registry.config.js';

/** The JobRegistryApi of this service. */
export const JOB_REGISTRY_API = Symbol('JOB_REGISTRY_API');
/** The EventSourceApi of this service: its public events, for consumers whose log does not reach back. */
export const JOB_REGISTRY_EVENT_SOURCE = Symbol('JOB_REGISTRY_EVENT_SOURCE');
/** The schema of this service, for its readiness check. */
export const JOB_REGISTRY_DATABASE = Symbol('JOB_REGISTRY_DATABASE');
/** The Relay of this service's public events. */
export const JOB_REGISTRY_RELAY = Symbol('JOB_REGISTRY_RELAY');
const FORGETTING = Symbol('FORGETTING');

const FORGET_EVERY_MS = 600_000;

/** Nobody waits for a definition as for a due instant: whoever runs the job at once asks here. */
const GATHER_MS = 50;

export interface JobRegistryOptions {
  readonly config: JobRegistryConfig;
  readonly log: EventLog;
}

@Module({})
export class JobRegistryModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #loops: readonly Loop[];
  readonly #database: Database;

  constructor(
    @Inject(JOB_REGISTRY_RELAY) relay: Loop,
    @Inject(FORGETTING) forgetting: Loop,
    @Inject(JOB_REGISTRY_DATABASE) database: Database,
  ) {
    this.#loops = [relay, forgetting];
    this.#database = database;
  }

  static forRoot({ config, log }: JobRegistryOptions): DynamicModule {
    return {
      module: JobRegistryModule,
      providers: [
        {
          provide: JOB_REGISTRY_DATABASE,
          useFactory: () => connectJobRegistryDatabase(config.databaseUrl),
        },
        {
          provide: JOB_REGISTRY_API,
          inject: [JOB_REGISTRY_DATABASE],
          useFactory: (database: Database): JobRegistryApi =>
            new JobRegistry({
              jobs: new Aggregates(new EventStore(database), { category: JOB, decider: jobDecider }),
              book: new PostgresJobBook(database),
              dependencies: new Dependencies(new PostgresDependencyBook(database), database),
              answered: new PostgresAnsweredRequests(database),
              transaction: (work) => database.transaction(work),
              now: () => database.now(),
              ...(config.maxJobs === undefined ? {} : { maxJobs: config.maxJobs }),
            }),
        },
        {
          provide: JOB_REGISTRY_EVENT_SOURCE,
          inject: [JOB_REGISTRY_DATABASE],
          useFactory: (database: Database): EventSourceApi =>
            new PublishedEvents({ database, source: SOURCE, toPublic, partitionOf: partitionOfKey }),
        },
        {
          provide: FORGETTING,
          inject: [JOB_REGISTRY_DATABASE],
          useFactory: (database: Database): Loop =>
            new TurnLoop({
              name: 'forgetting answered requests',
              log: createLogger('job-registry'),
              turn: async () =>
                (await new PostgresAnsweredRequests(database).forgetOld()) > 0 ? 0 : FORGET_EVERY_MS,
            }),
        },
        {
          provide: JOB_REGISTRY_RELAY,
          inject: [JOB_REGISTRY_DATABASE],
          useFactory: (database: Database) =>
            new Relay({ database, source: SOURCE, log, toPublic, gatherMs: GATHER_MS }),
        },
      ],
      exports: [JOB_REGISTRY_API, JOB_REGISTRY_EVENT_SOURCE, JOB_REGISTRY_DATABASE, JOB_REGISTRY_RELAY],
    };
  }

  onApplicationBootstrap(): void {
    for (const loop of this.#loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  /** Last, for others may still ask while they stop. */
  async onApplicationShutdown(): Promise<void> {
    await this.#database.close();
  }
}
