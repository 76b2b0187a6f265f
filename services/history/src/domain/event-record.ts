import type { PublicEvent } from '@carillon/contracts';

/** A public event as it is kept in the one ordered table, before it has its position. */
export interface EventRecord {
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly jobId: string;
  readonly uid: string;
  readonly runId?: string;
  readonly time: number;
  readonly data: PublicEvent['data'];
}

export function eventRecordOf({ type, source, id, time, data }: PublicEvent): EventRecord {
  return {
    source,
    eventId: id,
    type: `carillon.${type}`,
    jobId: data.jobId,
    uid: data.uid,
    ...('runId' in data ? { runId: data.runId } : {}),
    time,
    data,
  };
}

/** What makes an event itself: its id is unique within its source. */
export const eventKey = ({ source, eventId }: Pick<EventRecord, 'source' | 'eventId'>) =>
  `${source} ${eventId}`;
