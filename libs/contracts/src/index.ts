export { decodeMessage, encodeMessage } from './codec/codec.js';
export {
  type EncodedEvent,
  type EventMeta,
  isPublicEventType,
  type PublicEvent,
  type PublicEventType,
  TOPICS,
} from './events/event.js';
export { decodeEvent, encodeEvent, type EventFormat } from './events/event-codec.js';
export type * from './generated/apis.js';
export * from './generated/types.js';
