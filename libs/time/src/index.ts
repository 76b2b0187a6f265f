export { manualRunId, runIdOf } from './run-id.js';
export { type CompiledSchedule, compileSchedule, type Recurrence } from './schedule.js';
export { isTimezone, type OffsetAt, offsetsOf, zoneDataVersion } from './zone/offset.js';
