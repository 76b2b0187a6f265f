import type { EventSourceApi } from '@carillon/contracts';
import { type EventLog, partitionOfKey } from '@carillon/event-log';
import { Aggregates, type Database, EventStore, PublishedEvents, Relay } from '@carillon/event-store';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { jobsConsumer } from './adapters/event-log/jobs-consumer.js';
import { PostgresArmedClocks } from './adapters/postgres/postgres-armed-clocks.js';
import { rearmAfterZoneUpdate } from './adapters/postgres/rearm-clocks.js';
import { connectTimerDatabase } from './adapters/postgres/timer-database.js';
import { CLOCK } from './application/clock-stream.js';
import { FireDueClocks } from './application/fire-due-clocks.js';
import { FollowJobs } from './application/follow-jobs.js';
import { SOURCE, toPublic } from './application/published.js';
import { Timer } from './application/timer.js';
import { LONGEST_SLEEP_MS, TimerLoop } from './application/timer-loop.js';
import { clock } from './domain/clock.decide.js';
import type { TimerConfig } from './timer.config.js';

/** The EventSourceApi of this service. */
export const TIMER_EVENT_SOURCE = Symbol('TIMER_EVENT_SOURCE');
/** The schema of this service, for its readiness check. */
export const TIMER_DATABASE = Symbol('TIMER_DATABASE');
const TIMER = Symbol('TIMER');

const DEFAULT_BATCH_SIZE = 1_000;
const DEFAULT_CLAIMERS = 2;

export interface TimerOptions {
  readonly config: TimerConfig;
  readonly log: EventLog;
  /** Who is asked for events that the log no longer holds, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
}

@Module({})
export class TimerModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #timer: Timer;
  readonly #database: Database;

  constructor(@Inject(TIMER) timer: Timer, @Inject(TIMER_DATABASE) database: Database) {
    this.#timer = timer;
    this.#database = database;
  }

  static forRoot({ config, log, refill }: TimerOptions): DynamicModule {
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
          provide: TIMER,
          inject: [TIMER_DATABASE],
          useFactory: (database: Database): Timer => {
            const store = new EventStore(database);
            const armed = new PostgresArmedClocks(database, LONGEST_SLEEP_MS);
            const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
            const follow = new FollowJobs(clocks, armed);
            return new Timer({
              loop: new TimerLoop(new FireDueClocks(database, store, armed), armed, { batchSize, claimers }),
              others: [
                jobsConsumer({ database, log, refill, follow }),
                new Relay({ database, source: SOURCE, log, toPublic }),
              ],
              listen: (onArmed) => armed.listen(onArmed),
              rearm: () => rearmAfterZoneUpdate(database, armed),
            });
          },
        },
      ],
      exports: [TIMER_EVENT_SOURCE, TIMER_DATABASE],
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
