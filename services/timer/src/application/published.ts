import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { ClockEvent } from '../domain/clock.events.js';
import type { BackfillEvent } from '../domain/backfill/backfill.events.js';
import type { WorkflowEvent } from '../domain/workflow/workflow.events.js';

/** The name of this service in messages. */
export const SOURCE = 'timer';

/**
 * Of what a list of jobs may weigh, in bytes of JSON: Kafka takes messages of 1,048,588 bytes unless told otherwise, and one
 * that is larger would hold up all that are published after it.
 */
const MOST_BYTES = 800_000;

/** What leaves the service: decisions about due instants and rounds, not how clocks are armed. */
export function toPublic(stored: StoredEvent): OutgoingMessage | undefined {
  const event = stored as StoredEvent & (ClockEvent | WorkflowEvent | BackfillEvent);
  const { eventId, traceparent, tracestate } = stored.metadata;
  const meta = {
    eventId,
    time: stored.recordedAt,
    source: SOURCE,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
  switch (event.type) {
    case 'RunDue':
      return encodeEvent(event.type, event.data, meta);
    case 'DueInstantsMissed':
      return encodeEvent(event.type, event.data, meta);
    case 'WorkflowRunStarted':
      return encodeEvent(event.type, { ...event.data, jobs: publishable(event.data.jobs) }, meta);
    case 'WorkflowRunEnded':
      return encodeEvent(event.type, { ...event.data, notRun: publishable(event.data.notRun) }, meta);
    default:
      return undefined;
  }
}

/** All or none: with the parents of each, some hundred jobs may be too many. */
const publishable = <Item>(items: readonly Item[]): readonly Item[] =>
  Buffer.byteLength(JSON.stringify(items)) <= MOST_BYTES ? items : [];
