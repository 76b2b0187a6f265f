import type { DomainEvent } from '@carillon/event-sourcing';

export interface EventMetadata {
  /** Unique to this event. */
  readonly eventId: string;
  /** The event or command that led to this one. */
  readonly causationId?: string;
  /** The same for everything that one request or due instant set off. */
  readonly correlationId?: string;
  /** On whose behalf. */
  readonly actor?: string;
  /** W3C trace context of the span in which it was appended. */
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** What the caller may say about the events that it appends. */
export type GivenMetadata = Partial<Omit<EventMetadata, 'eventId'>>;

export interface StoredEvent<E extends DomainEvent = DomainEvent> {
  /** Unique within the store and ascending within a stream, but not the order of publication. */
  readonly position: string;
  readonly stream: string;
  /** 1 for the first event of the stream. */
  readonly version: number;
  readonly type: E['type'];
  readonly schemaVersion: number;
  readonly data: E['data'];
  readonly metadata: EventMetadata;
  /** By the database's clock, epoch milliseconds. */
  readonly recordedAt: number;
}

/** As the columns of EVENT_COLUMNS come from pg. */
export interface EventRow {
  position: string;
  stream: string;
  version: number;
  type: string;
  schema_version: number;
  data: object;
  metadata: EventMetadata;
  recorded_at: number;
}

export const RECORDED_AT = 'floor(extract(epoch FROM recorded_at) * 1000)::float8 AS recorded_at';
export const EVENT_COLUMNS = `position, stream, version, type, schema_version, data, metadata, ${RECORDED_AT}`;
