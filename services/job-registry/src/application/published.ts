import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { JobEvent } from '../domain/job.events.js';

/** The name of this service in messages. */
export const SOURCE = 'job-registry';

/** What leaves the service: when a job is due and what it needs, never its command, arguments and environment. */
export function toPublic(stored: StoredEvent): OutgoingMessage {
  const event = stored as StoredEvent & JobEvent;
  const { eventId, traceparent, tracestate } = stored.metadata;
  const meta = {
    eventId,
    time: stored.recordedAt,
    source: SOURCE,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
  if (event.type === 'JobRemoved') return encodeEvent('JobRemoved', event.data, meta);
  const { uid, revision, definedAt, spec } = event.data;
  const { description, labels, dependencies, schedules, run } = spec;
  return encodeEvent(
    'JobDefined',
    {
      jobId: spec.id,
      uid,
      revision,
      definedAt,
      ...(description === undefined ? {} : { description }),
      labels,
      dependencies,
      schedules,
      cpus: run.cpus,
      mem: run.mem,
      disk: run.disk,
      gpus: run.gpus,
    },
    meta,
  );
}
