import type { HistoryApi, JobRegistryApi, SchedulerFrameworkApi, TimerApi } from '@carillon/contracts';

/** The services behind the door. Their bindings give every call a deadline. */
export interface Backends {
  readonly registry: JobRegistryApi;
  readonly framework: SchedulerFrameworkApi;
  readonly history: HistoryApi;
  readonly timer: TimerApi;
}
