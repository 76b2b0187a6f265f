export { validJob } from './domain/job.rules.js';
export {
  jobLimits,
  type JobRegistryConfig,
  jobRegistryConfigSchema,
  jobRegistrySettings,
} from './job-registry.config.js';
export {
  JOB_REGISTRY_API,
  JOB_REGISTRY_DATABASE,
  JOB_REGISTRY_EVENT_SOURCE,
  JOB_REGISTRY_RELAY,
  JobRegistryModule,
  type JobRegistryOptions,
} from './job-registry.module.js';
export { jobRegistryParts } from './job-registry-parts.js';
export { rehearsedCreates } from './rehearse-creates.js';
export { jobDecider } from './domain/job.decide.js';
