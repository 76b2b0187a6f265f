import type { LogMessage, OutgoingMessage, SourcePosition } from './messages.js';
import { EVENT_COLUMNS, type EventRow, type StoredEvent } from './stored-event.js';
import { FINAL_BEFORE } from './tick.js';
import { prepared, type Prepared, type Queries } from './transaction.js';
import { toStoredEvent, type Upcasters } from './upcasters.js';

/** Which events leave the service, and how: pure, for it is asked again whenever an event is published again. */
export type ToPublic = (event: StoredEvent) => OutgoingMessage | undefined;

export const START: SourcePosition = { window: '0', position: '0' };

/** Events that are on disk, in the order of publication. */
export interface EventPage {
  /** Those that no other event can sort before any more. */
  readonly final: readonly PlacedEvent[];
  /** The first that another may still sort before, when the page reached so far. */
  readonly waiting: PlacedEvent | undefined;
  /** The page is full, of events or of bytes: there may be more that are final. */
  readonly isFull: boolean;
}

export interface PlacedEvent {
  readonly sourcePosition: SourcePosition;
  readonly event: StoredEvent;
}

export type PageSize = 1 | 500;

/** Of data as stored, compressed perhaps: a page ends with the event that reaches it. Reading sizes does not read the data. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** $1, $2 the place after which to read; $3 a bound that may be known to be higher than the statement's own. */
const page = (size: PageSize) =>
  prepared(`
    SELECT ${EVENT_COLUMNS}, tick, tick < greatest((SELECT ${FINAL_BEFORE}), $3::bigint) AS final, bytes
    FROM (
      SELECT *, sum(pg_column_size(data)) OVER (ORDER BY tick, position ROWS UNBOUNDED PRECEDING) AS bytes
      FROM events WHERE (tick, position) > ($1::bigint, $2::bigint) ORDER BY tick, position LIMIT ${size}
    ) AS page WHERE bytes - pg_column_size(data) < ${PAGE_BYTES} ORDER BY tick, position`);
const PAGES: Readonly<Record<PageSize, Prepared>> = { 1: page(1), 500: page(500) };

/** In the order of publication, which is that of causes and effects, and the same whenever it is asked for. */
export async function readPage(
  from: Queries,
  options: { after: SourcePosition; size: PageSize; knownFinalBefore?: string; upcasters: Upcasters },
): Promise<EventPage> {
  const { after, size, knownFinalBefore = '0', upcasters } = options;
  const rows = await from.query<EventRow & { tick: string; final: boolean; bytes: string }>(PAGES[size], [
    after.window,
    after.position,
    knownFinalBefore,
  ]);
  const final: PlacedEvent[] = [];
  for (const row of rows) {
    const sourcePosition = { window: row.tick, position: row.position };
    const placed = { sourcePosition, event: toStoredEvent(row, upcasters) };
    if (!row.final) return { final, waiting: placed, isFull: false };
    final.push(placed);
  }
  const isFull = rows.length === size || Number(rows.at(-1)?.bytes ?? 0) >= PAGE_BYTES;
  return { final, waiting: undefined, isFull };
}

export function toMessages(source: string, events: readonly PlacedEvent[], toPublic: ToPublic): LogMessage[] {
  const messages: LogMessage[] = [];
  for (const { event, sourcePosition } of events) {
    const message = toPublic(event);
    if (message) messages.push({ ...message, source, sourcePosition });
  }
  return messages;
}
