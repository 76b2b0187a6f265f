import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { JobRunsEvent } from '../domain/job-runs/job-runs.events.js';
import type { QueuedPrivately, RunEvent } from '../domain/run/run.events.js';
import { without } from '../domain/without.js';

export const SOURCE = 'scheduler-framework';

/** Commands, environments and policies stay here. */
const QUEUED_PRIVATELY = Object.keys({
  restart: true,
  retry: true,
  overlap: true,
  timeoutSeconds: true,
  overrides: true,
  idempotencyKey: true,
} satisfies Record<keyof QueuedPrivately, true>) as (keyof QueuedPrivately)[];

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
      return encodeEvent('RunQueued', without(event.data, ...QUEUED_PRIVATELY), meta);
    case 'AttemptEnded':
      return encodeEvent('AttemptEnded', without(event.data, 'neverStarted', 'retryAt'), meta);
    case 'RunSkipped':
      return encodeEvent('RunSkipped', event.data, meta);
    case 'AttemptLaunched':
      return encodeEvent('AttemptLaunched', without(event.data, 'values', 'volumes'), meta);
    case 'AttemptStarted':
      return encodeEvent('AttemptStarted', event.data, meta);
    case 'RunStopRequested':
      return encodeEvent('RunStopRequested', without(event.data, 'graceSeconds', 'reason'), meta);
    case 'RunEnded':
      return encodeEvent('RunEnded', event.data, meta);
    case 'TaskStateReported':
    case 'StopGraceChanged':
    case 'RunTimedOut':
    case 'RunAdmitted':
    case 'RunReleased':
    case 'JobClosed':
    case 'VolumesKept':
    case 'VolumesLimited':
      return undefined;
    default:
      return undefined;
  }
}
