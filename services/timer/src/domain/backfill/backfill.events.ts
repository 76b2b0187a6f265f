import type { RunDue, RunOutcome } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';
import type { Rule } from '../armed-schedule.js';

export type BackfillStarted = DomainEvent<
  'BackfillStarted',
  {
    readonly jobId: string;
    readonly uid: string;
    readonly backfillId: string;
    readonly scheduleId: string;
    readonly revision: number;
    readonly rule: Rule;
    /** Its runs may run beside others of the job; otherwise they wait for those. */
    readonly mayOverlap: boolean;
    readonly from: number;
    readonly until: number;
    readonly concurrency: number;
    readonly total: number;
    readonly startedAt: number;
  }
>;

export type BackfillRunDue = DomainEvent<'RunDue', RunDue>;

export type BackfillRunEnded = DomainEvent<
  'BackfillRunEnded',
  { readonly runId: string; readonly outcome: RunOutcome | 'skipped'; readonly at: number }
>;

/** No further run of it starts. */
export type BackfillCancelled = DomainEvent<
  'BackfillCancelled',
  { readonly at: number; readonly reason: 'asked' | 'jobRemoved' }
>;

export type BackfillEnded = DomainEvent<'BackfillEnded', { readonly at: number }>;

export type BackfillEvent =
  | BackfillStarted
  | BackfillRunDue
  | BackfillRunEnded
  | BackfillCancelled
  | BackfillEnded;
