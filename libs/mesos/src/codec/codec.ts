import type { Call } from '../types/call.js';
import type { Event } from '../types/event.js';
import { decodeJson, encodeJson } from './json.js';
import { decodeProtobuf, encodeProtobuf } from './protobuf.js';
import { loadSchemas, type MessageSchema } from './schema.js';

export type WireFormat = 'protobuf' | 'json';

/** Calls and events of the v1 scheduler API to and from bytes. Decoders throw on what is not a message. */
export interface SchedulerCodec {
  readonly format: WireFormat;
  readonly contentType: 'application/x-protobuf' | 'application/json';
  encodeCall(call: Call): Uint8Array;
  decodeCall(bytes: Uint8Array): Call;
  encodeEvent(event: Event): Uint8Array;
  decodeEvent(bytes: Uint8Array): Event;
}

const schema = loadSchemas();
const callSchema = schema('mesos.v1.scheduler.Call');
const eventSchema = schema('mesos.v1.scheduler.Event');

export const schedulerCodecs: Readonly<Record<WireFormat, SchedulerCodec>> = {
  protobuf: codec('protobuf', 'application/x-protobuf', encodeProtobuf, decodeProtobuf),
  json: codec(
    'json',
    'application/json',
    (messageSchema, message) => Buffer.from(encodeJson(messageSchema, message)),
    (messageSchema, bytes) => decodeJson(messageSchema, Buffer.from(bytes).toString()),
  ),
};

// A message without a type is of type UNKNOWN, as protobuf's default says.
function codec(
  format: WireFormat,
  contentType: SchedulerCodec['contentType'],
  encode: (schema: MessageSchema, message: object) => Uint8Array,
  decode: (schema: MessageSchema, bytes: Uint8Array) => object,
): SchedulerCodec {
  return {
    format,
    contentType,
    encodeCall: (call) => encode(callSchema, call),
    decodeCall: (bytes) => ({ type: 'UNKNOWN', ...decode(callSchema, bytes) }) as unknown as Call,
    encodeEvent: (event) => encode(eventSchema, event),
    decodeEvent: (bytes) => ({ type: 'UNKNOWN', ...decode(eventSchema, bytes) }) as unknown as Event,
  };
}
