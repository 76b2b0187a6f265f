import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { ClockEvent } from '../domain/clock.events.js';

/** The name of this service in messages. */
export const SOURCE = 'timer';

/** What leaves the service: decisions about due instants, not how clocks are armed. */
export function toPublic(stored: StoredEvent): OutgoingMessage | undefined {
  const event = stored as StoredEvent & ClockEvent;
  const { eventId, traceparent, tracestate } = stored.metadata;
  const meta = {
    eventId,
    time: stored.recordedAt,
    source: SOURCE,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
  if (event.type === 'RunDue') return encodeEvent(event.type, event.data, meta);
  if (event.type === 'DueInstantsMissed') return encodeEvent(event.type, event.data, meta);
  return undefined;
}
