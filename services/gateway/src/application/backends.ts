import type {
  DeadLettersApi,
  HistoryApi,
  JobRegistryApi,
  SchedulerFrameworkApi,
  TimerApi,
} from '@carillon/contracts';

/** The services that consume, and may have put messages aside. */
export const CONSUMING = ['timer', 'scheduler-framework', 'history'] as const;

export type ConsumingService = (typeof CONSUMING)[number];

/** The services behind the door. Their bindings give every call a deadline. */
export interface Backends {
  readonly registry: JobRegistryApi;
  readonly framework: SchedulerFrameworkApi;
  readonly history: HistoryApi;
  readonly timer: TimerApi;
  readonly deadLetters: Readonly<Record<ConsumingService, DeadLettersApi>>;
}
