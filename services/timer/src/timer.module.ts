import type { EventSourceApi, TimerApi } from '@carillon/contracts';
import { type EventLog, partitionOfKey } from '@carillon/event-log';
import { type Database, PublishedEvents, Relay } from '@carillon/event-store';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { jobsConsumer, runsConsumer } from './adapters/event-log/consumers.js';
import { settleAfterZoneUpdate } from './adapters/postgres/settle-clocks.js';
import { connectTimerDatabase } from './adapters/postgres/timer-database.js';
import { SOURCE, toPublic } from './application/published.js';
import { Timer } from './application/timer.js';
import { TimerLoop } from './application/timer-loop.js';
import type { TimerConfig } from './timer.config.js';
import { type RegistryForTimer, type TimerParts, timerParts } from './timer-parts.js';

/** The TimerApi of this service. */
export const TIMER_API = Symbol('TIMER_API');
/** The EventSourceApi of this service. */
export const TIMER_EVENT_SOURCE = Symbol('TIMER_EVENT_SOURCE');
/** The schema of this service, for its readiness check. */
export const TIMER_DATABASE = Symbol('TIMER_DATABASE');
const TIMER = Symbol('TIMER');
const TIMER_PARTS = Symbol('TIMER_PARTS');

const DEFAULT_BATCH_SIZE = 1_000;
const DEFAULT_CLAIMERS = 2;

export interface TimerOptions {
  readonly config: TimerConfig;
  readonly log: EventLog;
  /** Who is asked for events that the log no longer holds, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
  readonly registry: RegistryForTimer;
}

@Module({})
export class TimerModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #timer: Timer;
  readonly #database: Database;

  constructor(@Inject(TIMER) timer: Timer, @Inject(TIMER_DATABASE) database: Database) {
    this.#timer = timer;
    this.#database = database;
  }

  static forRoot({ config, log, refill, registry }: TimerOptions): DynamicModule {
    const { databaseUrl, batchSize = DEFAULT_BATCH_SIZE, claimers = DEFAULT_CLAIMERS } = config;
    return {
      module: TimerModule,
      providers: [
        { provide: TIMER_DATABASE, useFactory: () => connectTimerDatabase(databaseUrl, claimers) },
        {
          provide: TIMER_EVENT_SOURCE,
          inject: [TIMER_DATABASE],
          useFactory: (database: Database): EventSourceApi => eventSource(database),
        },
        {
          provide: TIMER_PARTS,
          inject: [TIMER_DATABASE],
          useFactory: (database: Database): TimerParts => timerParts(database, registry),
        },
        {
          provide: TIMER_API,
          inject: [TIMER_PARTS],
          useFactory: ({ service }: TimerParts): TimerApi => service,
        },
        {
          provide: TIMER,
          inject: [TIMER_PARTS],
          useFactory: ({ database, due, fire, hearJobs, hearRuns }: TimerParts): Timer => {
            const settings = { database, log, refill };
            return new Timer({
              loop: new TimerLoop(fire, due, { batchSize, claimers }),
              others: [
                jobsConsumer(settings, hearJobs),
                runsConsumer(settings, hearRuns),
                new Relay({ database, source: SOURCE, log, toPublic }),
              ],
              listen: (onDue) => due.listen(onDue),
              settle: () => settleAfterZoneUpdate(database),
            });
          },
        },
      ],
      exports: [TIMER_API, TIMER_EVENT_SOURCE, TIMER_DATABASE],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#timer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#timer.stop();
  }

  /** Last, for others may still ask while they stop. */
  async onApplicationShutdown(): Promise<void> {
    await this.#database.close();
  }
}

function eventSource(database: Database): EventSourceApi {
  return new PublishedEvents({ database, source: SOURCE, toPublic, partitionOf: partitionOfKey });
}
