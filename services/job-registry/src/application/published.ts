import { encodeEvent } from '@carillon/contracts';
import type { OutgoingMessage, StoredEvent } from '@carillon/event-store';
import type { JobDefined, JobEvent } from '../domain/job.events.js';

/** The name of this service in messages. */
export const SOURCE = 'job-registry';

/** What leaves the service: when a job is due and what it needs, never its command, arguments and environment. */
export function toPublic(stored: StoredEvent): OutgoingMessage | undefined {
  const event = stored as StoredEvent & JobEvent;
  const { eventId, traceparent, tracestate } = stored.metadata;
  const meta = {
    eventId,
    time: stored.recordedAt,
    source: SOURCE,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
  switch (event.type) {
    case 'JobDefined':
      return encodeEvent('JobDefined', definition(event.data), meta);
    case 'JobRemoved':
      return encodeEvent('JobRemoved', event.data, meta);
    case 'JobPaused':
      return encodeEvent('JobPaused', event.data, meta);
    case 'JobResumed':
      return encodeEvent('JobResumed', event.data, meta);
    case 'RemovalPrepared':
    case 'RemovalCancelled':
      return undefined;
  }
}

function definition({ uid, revision, definedAt, spec }: JobDefined['data']) {
  const { description, labels, dependencies, schedules, run } = spec;
  return {
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
    persistentVolumes: run.volumes.flatMap(({ containerPath, persistent }) =>
      persistent === undefined ? [] : [containerPath],
    ),
  };
}
