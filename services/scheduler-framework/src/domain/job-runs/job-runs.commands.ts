import type { ConcurrencyPolicy, Trigger } from '@carillon/contracts';
import type { KeptVolume } from '../volumes/persistent-volume.js';

/** How a run bears with the other active runs of its job. */
interface Overlap {
  readonly concurrencyPolicy: ConcurrencyPolicy;
  /** With QUEUE: behind how many others that wait; DEFAULT_QUEUE_LIMIT where not said. */
  readonly queueLimit?: number;
}

/** A trigger that was decided elsewhere asks for admission. */
export interface AdmitDueRun extends Overlap {
  readonly type: 'AdmitDueRun';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly startAt?: number;
  readonly startDeadlineAt?: number;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
  /** The registry does not know the revision any more. */
  readonly revisionGone?: boolean;
  readonly now: number;
}

/** A person or program asks for a run now; refused because of other runs only where the policy given says so. */
export interface AdmitManualRun extends Overlap {
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

/** A run of that revision may have written on these. */
export interface KeepVolumes {
  readonly type: 'KeepVolumes';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly volumes: readonly KeptVolume[];
}

/** The job has this revision now: volumes at other container paths, from before it, are not its any more. */
export interface LimitVolumes {
  readonly type: 'LimitVolumes';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly containerPaths: readonly string[];
}

export type JobRunsCommand =
  | AdmitDueRun
  | AdmitManualRun
  | ReleaseRun
  | CloseJob
  | KeepVolumes
  | LimitVolumes;
