// What every log has to do, for whoever keeps one: the simulator runs it on its models.
export { eventLogContract, type LogRig } from './event-log.contract.js';
export { TestProjection } from './test-projection.js';
