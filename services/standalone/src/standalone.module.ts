import {
  type DeadLettersApi,
  directBinding,
  type EventSourceApi,
  type HistoryApi,
  type JobRegistryApi,
  type LateBound,
  lateBound,
  type SchedulerFrameworkApi,
  type TimerApi,
} from '@carillon/contracts';
import type { EventLog } from '@carillon/event-log';
import type { Backends } from '@carillon/gateway';
import { HISTORY_API, HISTORY_DEAD_LETTERS, type HistoryConfig, HistoryModule } from '@carillon/history';
import {
  JOB_REGISTRY_API,
  JOB_REGISTRY_EVENT_SOURCE,
  type JobRegistryConfig,
  JobRegistryModule,
} from '@carillon/job-registry';
import {
  SCHEDULER_FRAMEWORK_API,
  SCHEDULER_FRAMEWORK_DEAD_LETTERS,
  SCHEDULER_FRAMEWORK_EVENT_SOURCE,
  type SchedulerFrameworkConfig,
  SchedulerFrameworkModule,
} from '@carillon/scheduler-framework';
import {
  TIMER_API,
  TIMER_DEAD_LETTERS,
  TIMER_EVENT_SOURCE,
  type TimerConfig,
  TimerModule,
} from '@carillon/timer';
import { type DynamicModule, Module } from '@nestjs/common';

export interface StandaloneServices {
  readonly log: EventLog;
  readonly registry: JobRegistryConfig;
  readonly timer: TimerConfig;
  readonly framework: SchedulerFrameworkConfig;
  readonly history: HistoryConfig;
  /** Something that only a person can mend: the process should end. */
  readonly onFatal: (error: Error) => void;
}

/** The APIs of the services, bound directly. */
export type Peers = Backends;

export const PEERS = Symbol('PEERS');
const DEAD_LETTERS = Symbol('DEAD_LETTERS');

/**
 * All services that own data, in one process. They need each other in a circle (history refills from the framework,
 * the framework asks history), so each is handed APIs that are bound once all of them exist.
 */
@Module({})
export class StandaloneModule {
  static forRoot({ log, onFatal, ...configs }: StandaloneServices): DynamicModule {
    const registry = lateBound('JobRegistry');
    const history = lateBound('History');
    const sources: Readonly<Record<string, LateBound<EventSourceApi>>> = {
      'job-registry': lateBound('EventSource'),
      timer: lateBound('EventSource'),
      'scheduler-framework': lateBound('EventSource'),
    };
    const refill = Object.fromEntries(Object.entries(sources).map(([source, { api }]) => [source, api]));
    return {
      module: StandaloneModule,
      imports: [
        JobRegistryModule.forRoot({ config: configs.registry, log }),
        TimerModule.forRoot({ config: configs.timer, log, refill, registry: registry.api }),
        SchedulerFrameworkModule.forRoot({
          config: configs.framework,
          log,
          refill,
          registry: registry.api,
          history: history.api,
          onFatal,
        }),
        HistoryModule.forRoot({ config: configs.history, log, refill }),
      ],
      providers: [
        {
          provide: DEAD_LETTERS,
          inject: [TIMER_DEAD_LETTERS, SCHEDULER_FRAMEWORK_DEAD_LETTERS, HISTORY_DEAD_LETTERS],
          useFactory: (
            timer: DeadLettersApi,
            framework: DeadLettersApi,
            remembered: DeadLettersApi,
          ): Peers['deadLetters'] => ({
            timer: directBinding('DeadLetters', timer),
            'scheduler-framework': directBinding('DeadLetters', framework),
            history: directBinding('DeadLetters', remembered),
          }),
        },
        {
          provide: PEERS,
          inject: [
            JOB_REGISTRY_API,
            SCHEDULER_FRAMEWORK_API,
            HISTORY_API,
            TIMER_API,
            DEAD_LETTERS,
            JOB_REGISTRY_EVENT_SOURCE,
            TIMER_EVENT_SOURCE,
            SCHEDULER_FRAMEWORK_EVENT_SOURCE,
          ],
          useFactory: (
            registryApi: JobRegistryApi,
            frameworkApi: SchedulerFrameworkApi,
            historyApi: HistoryApi,
            timerApi: TimerApi,
            deadLetters: Peers['deadLetters'],
            ...eventSources: [EventSourceApi, EventSourceApi, EventSourceApi]
          ): Peers => {
            const peers = {
              registry: directBinding('JobRegistry', registryApi),
              framework: directBinding('SchedulerFramework', frameworkApi),
              history: directBinding('History', historyApi),
              timer: directBinding('Timer', timerApi),
              deadLetters,
            };
            registry.bind(peers.registry);
            history.bind(peers.history);
            Object.values(sources).forEach((source, index) => {
              const implementation = eventSources[index];
              if (implementation) source.bind(directBinding('EventSource', implementation));
            });
            return peers;
          },
        },
      ],
      exports: [PEERS],
    };
  }
}
