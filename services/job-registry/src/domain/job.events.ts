import type { JobSpec } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';

/** What made a revision. */
export type JobChange =
  | 'created'
  | 'updated'
  | 'scheduleAdded'
  | 'scheduleChanged'
  | 'scheduleRemoved'
  | 'rolledBack';

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

/** No due instant of the job makes a run until `until`, or until it is resumed. It replaces an earlier pause. */
export type JobPaused = DomainEvent<
  'JobPaused',
  { jobId: string; uid: string; pausedAt: number; until?: number; reason?: string }
>;

export type JobResumed = DomainEvent<'JobResumed', { jobId: string; uid: string; resumedAt: number }>;

/** Whoever removes the job at this version closes off its runs first; nothing changes it meanwhile. */
export type RemovalPrepared = DomainEvent<
  'RemovalPrepared',
  {
    jobId: string;
    uid: string;
    /** Should nobody remove it, it is as before from then on. */
    until: number;
  }
>;

export type RemovalCancelled = DomainEvent<'RemovalCancelled', { jobId: string; uid: string }>;

export type JobEvent = JobDefined | JobRemoved | JobPaused | JobResumed | RemovalPrepared | RemovalCancelled;
