import type { RunOverrides, Trigger } from '@carillon/contracts';
import type { TaskState } from '@carillon/mesos';
import type { AttemptVolume } from '../volumes/persistent-volume.js';
import type { AttemptPolicy } from './retry-policy.js';

export interface QueueRun extends AttemptPolicy {
  readonly type: 'QueueRun';
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
  /** It waits: for all others of its job, or for those that it replaces. */
  readonly overlap?: 'QUEUE' | 'REPLACE';
  /** From the first launch, over all attempts. */
  readonly timeoutSeconds?: number;
  readonly overrides?: RunOverrides;
  readonly idempotencyKey?: string;
  readonly now: number;
}

/** Nothing happens when the run is not waiting for exactly this attempt any more. */
export interface LaunchAttempt {
  readonly type: 'LaunchAttempt';
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  /** Of the agent's attributes those that the job's other runs have to know. */
  readonly values?: Readonly<Record<string, string>>;
  /** Persistent ones that it has. */
  readonly volumes?: readonly AttemptVolume[];
  readonly now: number;
}

/** What Mesos said about a task, read off a TaskStatus. */
export interface RecordTaskStatus {
  readonly type: 'RecordTaskStatus';
  readonly taskId: string;
  readonly state: TaskState;
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly sandbox?: string;
  /** When it happened, by the agent's clock. */
  readonly at?: number;
  readonly now: number;
}

export interface RequestStop {
  readonly type: 'RequestStop';
  /** Between the request to end and the kill; the job's where not said. May be changed by another request. */
  readonly graceSeconds?: number;
  /** Why, for the run's end. */
  readonly reason?: string;
  readonly now: number;
}

/** The run has taken as long as it may. */
export interface ExpireTimeout {
  readonly type: 'ExpireTimeout';
  readonly now: number;
}

/** The run waited for a place until its starting deadline. */
export interface ExpireStartDeadline {
  readonly type: 'ExpireStartDeadline';
  readonly now: number;
}

/** The agent has been away for longer than a run may wait for it. */
export interface GiveUpUnreachable {
  readonly type: 'GiveUpUnreachable';
  readonly timeoutMs: number;
  readonly now: number;
}

/** The run cannot be launched, whatever the cluster offers. */
export interface RejectRun {
  readonly type: 'RejectRun';
  readonly reason: string;
  readonly now: number;
}

export type RunCommand =
  | QueueRun
  | LaunchAttempt
  | RecordTaskStatus
  | RequestStop
  | ExpireTimeout
  | ExpireStartDeadline
  | GiveUpUnreachable
  | RejectRun;
