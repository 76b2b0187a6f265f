import type { JobSpec } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';

/** What made a revision. */
export type JobChange = 'created' | 'updated' | 'scheduleAdded' | 'scheduleChanged' | 'scheduleRemoved';

/** A revision came into force; it replaces the earlier one as a whole. */
export type JobDefined = DomainEvent<
  'JobDefined',
  {
    uid: string;
    /** 1, 2, 3 … within a uid. */
    revision: number;
    createdAt: number;
    definedAt: number;
    change: JobChange;
    spec: JobSpec;
  }
>;

export type JobRemoved = DomainEvent<'JobRemoved', { jobId: string; uid: string; removedAt: number }>;

export type JobEvent = JobDefined | JobRemoved;
