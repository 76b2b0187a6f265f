import type { DeadLettersApi, EventSourceApi, SchedulerFrameworkApi } from '@carillon/contracts';
import type { Database } from '@carillon/event-store';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectFrameworkDatabase } from './adapters/postgres/framework-database.js';
import type { SchedulerFramework } from './application/scheduler-framework.js';
import { completeConfig } from './scheduler-framework.config.js';
import {
  type SchedulerFrameworkOptions,
  type SchedulerFrameworkParts,
  schedulerFrameworkParts,
} from './scheduler-framework-parts.js';

/** The SchedulerFrameworkApi of this service. */
export const SCHEDULER_FRAMEWORK_API = Symbol('SCHEDULER_FRAMEWORK_API');
/** The EventSourceApi of this service. */
export const SCHEDULER_FRAMEWORK_EVENT_SOURCE = Symbol('SCHEDULER_FRAMEWORK_EVENT_SOURCE');
/** The DeadLettersApi of this service. */
export const SCHEDULER_FRAMEWORK_DEAD_LETTERS = Symbol('SCHEDULER_FRAMEWORK_DEAD_LETTERS');
/** The schema of this service, for its readiness check. */
export const SCHEDULER_FRAMEWORK_DATABASE = Symbol('SCHEDULER_FRAMEWORK_DATABASE');
const SCHEDULER_FRAMEWORK = Symbol('SCHEDULER_FRAMEWORK');
const PARTS = Symbol('SCHEDULER_FRAMEWORK_PARTS');

@Module({})
export class SchedulerFrameworkModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #framework: SchedulerFramework;
  readonly #database: Database;

  constructor(
    @Inject(SCHEDULER_FRAMEWORK) framework: SchedulerFramework,
    @Inject(SCHEDULER_FRAMEWORK_DATABASE) database: Database,
  ) {
    this.#framework = framework;
    this.#database = database;
  }

  static forRoot(given: SchedulerFrameworkOptions): DynamicModule {
    const options = { ...given, config: completeConfig(given.config) };
    const { databaseUrl } = options.config;
    return {
      module: SchedulerFrameworkModule,
      providers: [
        { provide: SCHEDULER_FRAMEWORK_DATABASE, useFactory: () => connectFrameworkDatabase(databaseUrl) },
        {
          provide: PARTS,
          inject: [SCHEDULER_FRAMEWORK_DATABASE],
          useFactory: (database: Database): SchedulerFrameworkParts =>
            schedulerFrameworkParts(database, options),
        },
        {
          provide: SCHEDULER_FRAMEWORK_API,
          inject: [PARTS],
          useFactory: ({ api }: SchedulerFrameworkParts): SchedulerFrameworkApi => api,
        },
        {
          provide: SCHEDULER_FRAMEWORK_EVENT_SOURCE,
          inject: [PARTS],
          useFactory: ({ eventSource }: SchedulerFrameworkParts): EventSourceApi => eventSource,
        },
        {
          provide: SCHEDULER_FRAMEWORK_DEAD_LETTERS,
          inject: [PARTS],
          useFactory: ({ deadLetters }: SchedulerFrameworkParts): DeadLettersApi => deadLetters,
        },
        {
          provide: SCHEDULER_FRAMEWORK,
          inject: [PARTS],
          useFactory: ({ framework }: SchedulerFrameworkParts): SchedulerFramework => framework,
        },
      ],
      exports: [
        SCHEDULER_FRAMEWORK_API,
        SCHEDULER_FRAMEWORK_EVENT_SOURCE,
        SCHEDULER_FRAMEWORK_DEAD_LETTERS,
        SCHEDULER_FRAMEWORK_DATABASE,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.#framework.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#framework.stop();
  }

  /** Last, for others may still ask while they stop. */
  async onApplicationShutdown(): Promise<void> {
    await this.#database.close();
  }
}
