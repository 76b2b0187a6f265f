export { directBinding } from './bindings/direct.js';
export { type LateBound, lateBound } from './bindings/late-bound.js';
export type { ApiName } from './bindings/methods.js';
export { decodeMessage, encodeMessage } from './codec/codec.js';
export {
  type EncodedEvent,
  type EventMeta,
  isPublicEventType,
  type PublicEvent,
  type PublicEventType,
  TOPICS,
} from './events/event.js';
export { asJsonMessage, decodeEvent, encodeEvent } from './events/event-codec.js';
export { rehearsedJobs, rehearsedSpecs } from './events/rehearsed-jobs.js';
export type * from './generated/apis.js';
export * from './generated/types.js';
