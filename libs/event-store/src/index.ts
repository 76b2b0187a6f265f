export { Announcements } from './announcements.js';
export { Database, type DatabaseOptions } from './database.js';
export { tookTooLong } from './database-errors.js';
export type { Listening } from './listen.js';
export type { Migration } from './migrations.js';
export type { Session } from './session.js';
export { bytesArray, integerArray, jsonLines, textArray } from './array-parameters.js';
export { type Prepared, prepared, type Queries, together, type Transaction } from './transaction.js';
export {
  compareSourcePositions,
  type LogMessage,
  type OutgoingMessage,
  type PublicationLog,
  type SourcePosition,
} from './messages.js';
export {
  type AggregateDefinition,
  Aggregates,
  type Handled,
  type HandleOptions,
  type Order,
  type Timed,
  type Refused,
} from './aggregates.js';
export type { Append, AppendedEvent, StateColumn } from './append.js';
export { APPENDED, EventStore, type LoadedState } from './event-store.js';
export type { Rebuilt } from './rebuild.js';
export { eventStoreMigrations } from './schema.js';
export type { EventMetadata, GivenMetadata, StoredEvent } from './stored-event.js';
export type { Upcaster, Upcasters } from './upcasters.js';
export type { ToPublic } from './publication.js';
export {
  type Published,
  PublishedEvents,
  type PublishedEventsOptions,
  type ReadPublished,
} from './published-events.js';
export { Relay, type RelayOptions } from './relay.js';
export { rolledBack } from './rolled-back.js';
