import type { Call } from '../types/call.js';
import type { Event } from '../types/event.js';
import { decodeJson, encodeJson } from './json.js';
import { decodeProtobuf, encodeProtobuf } from './protobuf.js';
import { assertComplete } from './required.js';
import { loadSchemas, type MessageSchema } from './schema.js';

export type WireFormat = 'protobuf' | 'json';

export const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** Calls and events of the v1 scheduler API to and from bytes. Decoders throw on what is not a message. */
export interface SchedulerCodec {
  readonly format: WireFormat;
  readonly contentType: (typeof CONTENT_TYPES)[WireFormat];
  encodeCall(call: Call): Uint8Array;
  decodeCall(bytes: Uint8Array): Call;
  encodeEvent(event: Event): Uint8Array;
  decodeEvent(bytes: Uint8Array): Event;
}

/** One message type in one encoding. */
export interface MessageCodec<T> {
  readonly encode: (message: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
}

const schema = loadSchemas(['mesos.proto', 'scheduler.proto']);

export const schedulerCodecs: Readonly<Record<WireFormat, SchedulerCodec>> = {
  protobuf: schedulerCodec('protobuf'),
  json: schedulerCodec('json'),
};

function schedulerCodec(format: WireFormat): SchedulerCodec {
  const call = callCodec<Call>(format, schema('mesos.v1.scheduler.Call'));
  const event = messageCodec<Event>(format, schema('mesos.v1.scheduler.Event'));
  return {
    format,
    contentType: CONTENT_TYPES[format],
    encodeCall: call.encode,
    decodeCall: call.decode,
    encodeEvent: event.encode,
    decodeEvent: event.decode,
  };
}

/** For messages with a `type`: one without it is of type UNKNOWN, as protobuf's default says. */
export function messageCodec<T extends object>(format: WireFormat, schema: MessageSchema): MessageCodec<T> {
  const decoded = (message: object): T => ({ type: 'UNKNOWN', ...message }) as unknown as T;
  if (format === 'protobuf') {
    return {
      encode: (message) => encodeProtobuf(schema, message),
      decode: (bytes) => decoded(decodeProtobuf(schema, bytes)),
    };
  }
  return {
    encode: (message) => Buffer.from(encodeJson(schema, message)),
    decode: (bytes) => decoded(decodeJson(schema, Buffer.from(bytes).toString())),
  };
}

/** For what servers read: whoever calls is not trusted to have said all that is required. */
export function callCodec<T extends object>(format: WireFormat, schema: MessageSchema): MessageCodec<T> {
  const { encode, decode } = messageCodec<T>(format, schema);
  return {
    encode,
    decode: (bytes) => {
      const call = decode(bytes);
      assertComplete(schema, call);
      return call;
    },
  };
}
