export { compileSchedule } from './compile-schedule.js';
export { jitterMs } from './jitter.js';
export type { Recurrence, Shift } from './recurrence.js';
export type { RuleKind, ScheduleFields } from './rule-spec.js';
export { backfillRunId, dependencyRunId, manualRunId, runIdOf, workflowRunIdOf } from './run-id.js';
export type { CompiledSchedule, DueInstant } from './schedule.js';
export { isTimezone, type OffsetAt, offsetsOf, zoneDataVersion } from './zone/offset.js';
