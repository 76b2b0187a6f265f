import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { JobRunsEvent } from '../domain/job-runs/job-runs.events.js';
import type { RunEvent } from '../domain/run/run.events.js';
import { without } from '../domain/without.js';

export const SOURCE = 'scheduler-framework';

/** What leaves this service: the contract of carillon.runs. Everything else is nobody's business. */
export function toPublic(stored: StoredEvent): OutgoingMessage | undefined {
  const event = stored as unknown as RunEvent | JobRunsEvent;
  const { eventId, traceparent, tracestate } = stored.metadata;
  const meta = {
    eventId,
    time: stored.recordedAt,
    source: SOURCE,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
  switch (event.type) {
    case 'RunQueued':
      return encodeEvent('RunQueued', without(event.data, 'restart'), meta);
    case 'AttemptEnded':
      return encodeEvent('AttemptEnded', without(event.data, 'neverStarted', 'retryAt'), meta);
    case 'RunSkipped':
      return encodeEvent('RunSkipped', event.data, meta);
    case 'AttemptLaunched':
      return encodeEvent('AttemptLaunched', event.data, meta);
    case 'AttemptStarted':
      return encodeEvent('AttemptStarted', event.data, meta);
    case 'RunStopRequested':
      return encodeEvent('RunStopRequested', event.data, meta);
    case 'RunEnded':
      return encodeEvent('RunEnded', event.data, meta);
    case 'TaskStateReported':
    case 'RunAdmitted':
    case 'RunReleased':
    case 'JobClosed':
      return undefined;
    default:
      return undefined;
  }
}
