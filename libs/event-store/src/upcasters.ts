import type { EventRow, StoredEvent } from './stored-event.js';

/** Lifts the data of an event from one schema version to the next. Pure, total on everything ever written. */
export type Upcaster = (data: never) => object;

/**
 * By event type: the first lifts version 1 to 2, the second 2 to 3 … New events of the type are written with the
 * version after the last, so adding an upcaster is all it takes to change an event's form.
 */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

export function currentSchemaVersion(upcasters: Upcasters, type: string): number {
  return (upcasters[type]?.length ?? 0) + 1;
}

/** The stored event in its current form. */
export function toStoredEvent(row: EventRow, upcasters: Upcasters): StoredEvent {
  const steps = upcasters[row.type]?.slice(row.schema_version - 1) ?? [];
  const data = steps.reduce<object>((older, lift) => lift(older as never), row.data);
  return {
    position: row.position,
    stream: row.stream,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version + steps.length,
    data,
    metadata: row.metadata,
    recordedAt: row.recorded_at,
  };
}
