import type { DeadLettersApi, EventSourceApi, HistoryApi } from '@carillon/contracts';
import type { Consumer, EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import type { Loop } from '@carillon/service-runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectHistoryDatabase } from './adapters/postgres/history-database.js';
import type { HistoryConfig } from './history.config.js';
import { type HistoryParts, historyParts } from './history-parts.js';

/** The HistoryApi of this service. */
export const HISTORY_API = Symbol('HISTORY_API');
/** The DeadLettersApi of this service. */
export const HISTORY_DEAD_LETTERS = Symbol('HISTORY_DEAD_LETTERS');
/** The schema of this service, for its readiness check. */
export const HISTORY_DATABASE = Symbol('HISTORY_DATABASE');
/** The Consumer of all public events. */
export const HISTORY_CONSUMER = Symbol('HISTORY_CONSUMER');
const PARTS = Symbol('HISTORY_PARTS');
const PRUNER = Symbol('PRUNER');

export interface HistoryOptions {
  readonly config: HistoryConfig;
  readonly log: EventLog;
  /** Who is asked for events that the log no longer holds, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
}

@Module({})
export class HistoryModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #loops: readonly Loop[];
  readonly #database: Database;

  constructor(
    @Inject(HISTORY_CONSUMER) consumer: Loop,
    @Inject(PRUNER) pruner: Loop,
    @Inject(HISTORY_DATABASE) database: Database,
  ) {
    this.#loops = [consumer, pruner];
    this.#database = database;
  }

  static forRoot({ config, log, refill }: HistoryOptions): DynamicModule {
    return {
      module: HistoryModule,
      providers: [
        { provide: HISTORY_DATABASE, useFactory: () => connectHistoryDatabase(config.databaseUrl) },
        {
          provide: PARTS,
          inject: [HISTORY_DATABASE],
          useFactory: (database: Database): HistoryParts => historyParts(database, config),
        },
        { provide: HISTORY_API, inject: [PARTS], useFactory: ({ api }: HistoryParts): HistoryApi => api },
        {
          provide: HISTORY_DEAD_LETTERS,
          inject: [PARTS],
          useFactory: ({ deadLetters }: HistoryParts): DeadLettersApi => deadLetters,
        },
        {
          provide: HISTORY_CONSUMER,
          inject: [PARTS],
          useFactory: ({ consumer }: HistoryParts): Consumer => consumer({ log, refill }),
        },
        { provide: PRUNER, inject: [PARTS], useFactory: ({ pruner }: HistoryParts): Loop => pruner() },
      ],
      exports: [HISTORY_API, HISTORY_DEAD_LETTERS, HISTORY_DATABASE, HISTORY_CONSUMER],
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
