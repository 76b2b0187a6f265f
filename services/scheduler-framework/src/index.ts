export { type JobQueue, matchOffers } from './domain/offers/match-offers.js';
export { type PlacementNeed, placementNeed } from './domain/offers/placement-need.js';
export {
  completeConfig,
  frameworkSettings,
  type SchedulerFrameworkConfig,
  schedulerFrameworkConfigSchema,
  schedulerFrameworkSettings,
} from './scheduler-framework.config.js';
export {
  SCHEDULER_FRAMEWORK_API,
  SCHEDULER_FRAMEWORK_DATABASE,
  SCHEDULER_FRAMEWORK_DEAD_LETTERS,
  SCHEDULER_FRAMEWORK_EVENT_SOURCE,
  SchedulerFrameworkModule,
} from './scheduler-framework.module.js';
export { type SchedulerFrameworkOptions, schedulerFrameworkParts } from './scheduler-framework-parts.js';
export { runRef, runStream } from './application/run-keys.js';
export { rehearsedRuns } from './application/rehearse-runs.js';
export { jobRuns } from './domain/job-runs/job-runs.decide.js';
export { runDecider } from './domain/run/run.decide.js';
