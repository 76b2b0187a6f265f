import type { DeadLettersApi, EventSourceApi, TimerApi } from '@carillon/contracts';
import type { EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectTimerDatabase } from './adapters/postgres/timer-database.js';
import type { Timer } from './application/timer.js';
import type { TimerConfig } from './timer.config.js';
import {
  DEFAULT_CLAIMERS,
  type RegistryForTimer,
  timerOf,
  type TimerParts,
  timerParts,
} from './timer-parts.js';

/** The TimerApi of this service. */
export const TIMER_API = Symbol('TIMER_API');
/** The EventSourceApi of this service. */
export const TIMER_EVENT_SOURCE = Symbol('TIMER_EVENT_SOURCE');
/** The DeadLettersApi of this service. */
export const TIMER_DEAD_LETTERS = Symbol('TIMER_DEAD_LETTERS');
/** The schema of this service, for its readiness check. */
export const TIMER_DATABASE = Symbol('TIMER_DATABASE');
const TIMER = Symbol('TIMER');
const TIMER_PARTS = Symbol('TIMER_PARTS');

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
    const { databaseUrl, workflowDays, ...settings } = config;
    return {
      module: TimerModule,
      providers: [
        {
          provide: TIMER_DATABASE,
          useFactory: () => connectTimerDatabase(databaseUrl, settings.claimers ?? DEFAULT_CLAIMERS),
        },
        {
          provide: TIMER_EVENT_SOURCE,
          inject: [TIMER_PARTS],
          useFactory: ({ eventSource }: TimerParts): EventSourceApi => eventSource,
        },
        {
          provide: TIMER_DEAD_LETTERS,
          inject: [TIMER_PARTS],
          useFactory: ({ deadLetters }: TimerParts): DeadLettersApi => deadLetters,
        },
        {
          provide: TIMER_PARTS,
          inject: [TIMER_DATABASE],
          useFactory: (database: Database): TimerParts => timerParts(database, registry, { workflowDays }),
        },
        {
          provide: TIMER_API,
          inject: [TIMER_PARTS],
          useFactory: ({ service }: TimerParts): TimerApi => service,
        },
        {
          provide: TIMER,
          inject: [TIMER_PARTS],
          useFactory: (parts: TimerParts): Timer => timerOf(parts, { ...settings, log, refill }),
        },
      ],
      exports: [TIMER_API, TIMER_EVENT_SOURCE, TIMER_DEAD_LETTERS, TIMER_DATABASE],
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
