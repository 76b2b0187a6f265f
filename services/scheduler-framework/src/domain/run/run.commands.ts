import type { Restart, Trigger } from '@carillon/contracts';
import type { TaskState } from '@carillon/mesos';

export interface QueueRun {
  readonly type: 'QueueRun';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly startDeadlineAt?: number;
  readonly restart: Restart;
  readonly now: number;
}

/** Nothing happens when the run is not waiting for exactly this attempt any more. */
export interface LaunchAttempt {
  readonly type: 'LaunchAttempt';
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
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
  readonly now: number;
}

export interface RequestStop {
  readonly type: 'RequestStop';
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
  | ExpireStartDeadline
  | GiveUpUnreachable
  | RejectRun;
