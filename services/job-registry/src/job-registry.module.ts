import type { EventSourceApi, JobRegistryApi } from '@carillon/contracts';
import type { Database, PublicationLog } from '@carillon/event-store';
import type { Loop } from '@carillon/service-runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectJobRegistryDatabase } from './adapters/postgres/job-registry-database.js';
import { type JobRegistryParts, jobRegistryParts } from './job-registry-parts.js';
import type { JobRegistryConfig } from './job-registry.config.js';

/** The JobRegistryApi of this service. */
export const JOB_REGISTRY_API = Symbol('JOB_REGISTRY_API');
/** The EventSourceApi of this service: its public events, for consumers whose log does not reach back. */
export const JOB_REGISTRY_EVENT_SOURCE = Symbol('JOB_REGISTRY_EVENT_SOURCE');
/** The schema of this service, for its readiness check. */
export const JOB_REGISTRY_DATABASE = Symbol('JOB_REGISTRY_DATABASE');
/** The Relay of this service's public events. */
export const JOB_REGISTRY_RELAY = Symbol('JOB_REGISTRY_RELAY');
const PARTS = Symbol('JOB_REGISTRY_PARTS');
const UPKEEP = Symbol('UPKEEP');

export interface JobRegistryOptions {
  readonly config: JobRegistryConfig;
  readonly log: PublicationLog;
}

@Module({})
export class JobRegistryModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #loops: readonly Loop[];
  readonly #database: Database;

  constructor(
    @Inject(JOB_REGISTRY_RELAY) relay: Loop,
    @Inject(UPKEEP) upkeep: readonly Loop[],
    @Inject(JOB_REGISTRY_DATABASE) database: Database,
  ) {
    this.#loops = [relay, ...upkeep];
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
          provide: PARTS,
          inject: [JOB_REGISTRY_DATABASE],
          useFactory: (database: Database): JobRegistryParts =>
            jobRegistryParts(database, config.maxJobs === undefined ? {} : { maxJobs: config.maxJobs }),
        },
        {
          provide: JOB_REGISTRY_API,
          inject: [PARTS],
          useFactory: ({ api }: JobRegistryParts): JobRegistryApi => api,
        },
        {
          provide: JOB_REGISTRY_EVENT_SOURCE,
          inject: [PARTS],
          useFactory: ({ eventSource }: JobRegistryParts): EventSourceApi => eventSource,
        },
        {
          provide: UPKEEP,
          inject: [PARTS],
          useFactory: ({ forgetting, folding }: JobRegistryParts): Loop[] => [forgetting(), folding()],
        },
        {
          provide: JOB_REGISTRY_RELAY,
          inject: [PARTS],
          useFactory: ({ relay }: JobRegistryParts): Loop => relay(log),
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
