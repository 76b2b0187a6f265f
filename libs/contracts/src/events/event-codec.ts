import { invalid } from '@carillon/event-sourcing';
import { conform, decodeLeniently, decodeMessage, encodeMessage } from '../codec/codec.js';
import { eventTopics, type PublicEventTypes } from '../generated/types.js';
import {
  type EncodedEvent,
  type EventMeta,
  isPublicEventType,
  type PublicEvent,
  type PublicEventType,
} from './event.js';
import { publicUpcasters, type Upcasters } from './upcasters.js';

/** Both are read, always. */
const contentTypes = { protobuf: 'application/protobuf', json: 'application/json' } as const;
const typePrefix = 'carillon.';
/** Made once, and in one piece, for JSON.stringify: ADR 8. */
const ceTypes = Object.fromEntries(
  Object.keys(eventTopics).map((type) => [type, [typePrefix, type].join('')]),
) as Record<PublicEventType, string>;

/**
 * The event as a CloudEvents 1.0 message in Kafka's binary mode. The trace context goes twice: as CloudEvents
 * attributes, for ever those of the recording, and as W3C headers, which whoever publishes may replace by its own.
 */
export function encodeEvent<Type extends PublicEventType>(
  type: Type,
  data: PublicEventTypes[Type],
  meta: EventMeta,
  upcasters: Upcasters = publicUpcasters,
): EncodedEvent {
  const { jobId } = data;
  return {
    topic: eventTopics[type],
    key: jobId,
    headers: {
      ce_specversion: '1.0',
      ce_type: ceTypes[type],
      ce_source: meta.source,
      ce_id: meta.eventId,
      ce_time: new Date(meta.time).toISOString(),
      ce_subject: jobId,
      ce_schemaversion: String(currentVersion(type, upcasters)),
      'content-type': contentTypes.protobuf,
      ...traceHeaders(meta),
    },
    value: encodeMessage<PublicEventType>(type, data),
  };
}

/** The same message with its data as JSON; one that is not an event of ours, or is JSON already, as it is. */
export function asJsonMessage<
  M extends { readonly headers: Readonly<Record<string, string>>; readonly value: Uint8Array },
>(message: M): M {
  const type = message.headers['ce_type']?.slice(typePrefix.length) ?? '';
  if (!isPublicEventType(type) || message.headers['content-type'] !== contentTypes.protobuf) return message;
  return {
    ...message,
    headers: { ...message.headers, 'content-type': contentTypes.json },
    value: Buffer.from(JSON.stringify(decodeMessage<PublicEventType>(type, message.value))),
  };
}

/**
 * The event in a message, brought to the present version; undefined when it is not one of ours or of a type that is
 * newer than this reader. Throws `eventInvalid` or `messageInvalid` for what claims to be ours and cannot be read.
 */
export function decodeEvent(message: MessageToDecode, upcasters = publicUpcasters): PublicEvent | undefined {
  if (upcasters !== publicUpcasters) return decode(message, upcasters);
  const known = decoded.get(message.headers);
  if (known?.value === message.value) return known.event;
  const event = decode(message, upcasters);
  if (event) decoded.set(message.headers, { value: message.value, event });
  return event;
}

interface MessageToDecode {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

/** In one process several consumers are given the same message. Who reads it does not change it. */
const decoded = new WeakMap<MessageToDecode['headers'], { value: Uint8Array; event: PublicEvent }>();

function decode(message: MessageToDecode, upcasters: Upcasters): PublicEvent | undefined {
  const { headers } = message;
  const type = headers['ce_type']?.startsWith(typePrefix) ? headers['ce_type'].slice(typePrefix.length) : '';
  if (!isPublicEventType(type)) return undefined;
  const traceparent = headers['traceparent'] ?? headers['ce_traceparent'];
  const tracestate = headers['tracestate'] ?? headers['ce_tracestate'];
  return {
    type,
    data: readData(type, message, upcasters),
    id: attribute(headers, 'ce_id'),
    time: readTime(headers),
    source: attribute(headers, 'ce_source'),
    trace: {
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    },
  } as PublicEvent;
}

function readData(
  type: PublicEventType,
  { headers, value }: MessageToDecode,
  upcasters: Upcasters,
): PublicEventTypes[PublicEventType] {
  const contentType = headers['content-type']?.split(';', 1)[0]?.trim() ?? contentTypes.protobuf;
  const version = readVersion(headers);
  const needed = upcasters[type]?.slice(version - 1) ?? [];
  switch (contentType) {
    case contentTypes.protobuf:
      if (needed.length === 0) return decodeMessage(type, value);
      return conform(
        type,
        needed.reduce((data, upcast) => upcast(data), decodeLeniently(type, value)),
      );
    case contentTypes.json:
      return conform(
        type,
        needed.reduce((data, upcast) => upcast(data), parse(type, value)),
      );
    default:
      throw invalid('eventInvalid', `${type}: no reader for the content type ${contentType}`, {
        contentType,
      });
  }
}

function parse(type: string, value: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)) as Record<string, unknown>;
  } catch (error) {
    throw invalid('eventInvalid', `${type}: not JSON: ${String(error)}`);
  }
}

const currentVersion = (type: PublicEventType, upcasters: Upcasters) => (upcasters[type]?.length ?? 0) + 1;

function readVersion(headers: Readonly<Record<string, string>>): number {
  const text = headers['ce_schemaversion'] ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw invalid('eventInvalid', `ce_schemaversion is ${text}, not a version`);
  return Number(text);
}

function readTime(headers: Readonly<Record<string, string>>): number {
  const time = Date.parse(attribute(headers, 'ce_time'));
  if (Number.isNaN(time)) throw invalid('eventInvalid', 'ce_time is not an RFC 3339 instant');
  return time;
}

function attribute(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '') throw invalid('eventInvalid', `the header ${name} is missing`);
  return value;
}

function traceHeaders({ traceparent, tracestate }: EventMeta): Record<string, string> {
  return {
    ...(traceparent === undefined ? {} : { traceparent, ce_traceparent: traceparent }),
    ...(tracestate === undefined ? {} : { tracestate, ce_tracestate: tracestate }),
  };
}
