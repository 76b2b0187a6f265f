import type { ConcurrencyPolicy, Trigger } from '@carillon/contracts';

/** A trigger that was decided elsewhere asks for admission. */
export interface AdmitDueRun {
  readonly type: 'AdmitDueRun';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly startDeadlineAt?: number;
  readonly concurrencyPolicy: ConcurrencyPolicy;
  /** The registry does not know the revision any more. */
  readonly revisionGone?: boolean;
  readonly now: number;
}

/** A person or program asks for a run now: never refused because of other runs. */
export interface AdmitManualRun {
  readonly type: 'AdmitManualRun';
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly idempotencyKey?: string;
}

export interface ReleaseRun {
  readonly type: 'ReleaseRun';
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
}

export interface CloseJob {
  readonly type: 'CloseJob';
  readonly jobId: string;
  readonly uid: string;
  readonly stopRuns: boolean;
  readonly now: number;
}

export type JobRunsCommand = AdmitDueRun | AdmitManualRun | ReleaseRun | CloseJob;
