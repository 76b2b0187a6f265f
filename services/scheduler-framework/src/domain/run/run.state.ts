import type { Restart, RunOutcome, Trigger } from '@carillon/contracts';
import type { TaskState } from '@carillon/mesos';

export interface AttemptState {
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  /** Seen last; TASK_STAGING until Mesos says something. */
  readonly state: TaskState;
  /** Whether Mesos has said anything about the task. */
  readonly reported: boolean;
  readonly launchedAt: number;
  readonly startedAt?: number;
  readonly unreachableSince?: number;
  readonly endedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly sandbox?: string;
}

interface RunFacts {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly revision: number;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly queuedAt: number;
  readonly startDeadlineAt?: number;
  readonly restart: Restart;
  /** The latest ones, oldest first. */
  readonly attempts: readonly AttemptState[];
  readonly attemptCount: number;
  /** Whether any attempt may have executed. */
  readonly consumed: boolean;
  readonly stopRequestedAt?: number;
}

/** Waits for a place, from `notBefore` on. */
export type QueuedRun = RunFacts & { readonly status: 'queued'; readonly notBefore: number };
/** The last attempt was handed to Mesos; it is not known to run yet. */
export type LaunchedRun = RunFacts & { readonly status: 'launched' };
export type RunningRun = RunFacts & { readonly status: 'running' };
export type EndedRun = RunFacts & {
  readonly status: 'ended';
  readonly outcome: RunOutcome;
  readonly endedAt: number;
  readonly reason?: string;
  readonly exitCode?: number;
};

export type ActiveRun = QueuedRun | LaunchedRun | RunningRun;
export type KnownRun = ActiveRun | EndedRun;
export type RunState = { readonly status: 'none' } | KnownRun;

/** A run that restarts for ever keeps this many of its attempts in its state; all are in its events. */
export const KEPT_ATTEMPTS = 16;

/** The attempt that is believed alive. */
export function currentAttempt(run: RunState): AttemptState | undefined {
  if (run.status !== 'launched' && run.status !== 'running') return undefined;
  return run.attempts.at(-1);
}
