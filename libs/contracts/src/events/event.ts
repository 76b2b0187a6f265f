import type { TraceContext } from '@carillon/service-runtime';
import { eventTopics, type PublicEventTypes } from '../generated/types.js';

export type PublicEventType = keyof PublicEventTypes;

interface Envelope<Type extends PublicEventType> {
  readonly type: Type;
  readonly data: PublicEventTypes[Type];
  /** Unique within `source`. */
  readonly id: string;
  /** When it was recorded. */
  readonly time: number;
  /** The service that published it, such as `timer`. */
  readonly source: string;
  readonly trace: TraceContext;
}

/** A public event as it is read from the log. */
export type PublicEvent<Type extends PublicEventType = PublicEventType> = {
  [One in Type]: Envelope<One>;
}[Type];

/** What an event is recorded with, besides its data. */
export interface EventMeta {
  readonly eventId: string;
  readonly time: number;
  readonly source: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** An event ready to be published: a CloudEvent in Kafka's binary mode. */
export interface EncodedEvent {
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly value: Uint8Array;
}

export const TOPICS = {
  jobs: 'carillon.jobs',
  triggers: 'carillon.triggers',
  runs: 'carillon.runs',
} as const satisfies Record<string, (typeof eventTopics)[PublicEventType]>;

export const isPublicEventType = (type: string): type is PublicEventType => Object.hasOwn(eventTopics, type);
