import type { EventSourceApi, HistoryApi } from '@carillon/contracts';
import type { Consumer, EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { historyConsumer } from './adapters/event-log/history-consumer.js';
import { connectHistoryDatabase } from './adapters/postgres/history-database.js';
import { PostgresHistoryReader } from './adapters/postgres/postgres-history-reader.js';
import { pruneHistory } from './adapters/postgres/prune-history.js';
import { ReadHistory } from './application/read-history.js';
import type { HistoryConfig } from './history.config.js';

/** The HistoryApi of this service. */
export const HISTORY_API = Symbol('HISTORY_API');
/** The schema of this service, for its readiness check. */
export const HISTORY_DATABASE = Symbol('HISTORY_DATABASE');
/** The Consumer of all public events. */
export const HISTORY_CONSUMER = Symbol('HISTORY_CONSUMER');
const PRUNER = Symbol('PRUNER');

const PRUNE_EVERY_MS = 60_000;

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
          provide: HISTORY_API,
          inject: [HISTORY_DATABASE],
          useFactory: (database: Database): HistoryApi =>
            new ReadHistory(new PostgresHistoryReader(database), config.runsPerList),
        },
        {
          provide: HISTORY_CONSUMER,
          inject: [HISTORY_DATABASE],
          useFactory: (database: Database): Consumer => historyConsumer({ database, log, refill }),
        },
        {
          provide: PRUNER,
          inject: [HISTORY_DATABASE],
          useFactory: (database: Database): Loop =>
            new TurnLoop({
              name: 'pruning history',
              log: createLogger('history'),
              turn: async () => ((await pruneHistory(database, config)) > 0 ? 0 : PRUNE_EVERY_MS),
            }),
        },
      ],
      exports: [HISTORY_API, HISTORY_DATABASE, HISTORY_CONSUMER],
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
