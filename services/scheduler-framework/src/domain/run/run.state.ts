import type { RunOutcome, Trigger } from '@carillon/contracts';
import type { TaskState } from '@carillon/mesos';
import type { AttemptVolume } from '../volumes/persistent-volume.js';
import type { QueuedPrivately } from './run.events.js';

export interface AttemptState {
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly volumes?: readonly AttemptVolume[];
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

interface RunFacts extends QueuedPrivately {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly revision: number;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  /** Where jitter delays it. */
  readonly startAt?: number;
  readonly queuedAt: number;
  readonly startDeadlineAt?: number;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
  /** The latest ones, oldest first. */
  readonly attempts: readonly AttemptState[];
  readonly attemptCount: number;
  /** Whether any attempt may have executed. */
  readonly consumed: boolean;
  /** How many ended that may have executed: those that a retry policy counts. */
  readonly countedAttempts: number;
  readonly firstLaunchedAt?: number;
  readonly stopRequestedAt?: number;
  readonly stopGraceSeconds?: number;
  readonly stopReason?: string;
  readonly timedOutAt?: number;
}

/**
 * Waits for a place. `notBefore`: when the back-off before its next attempt ends, by this service's clock; 0 without one: a
 * first attempt is ready at once, whatever the clock of the timer that decided it said.
 */
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

/** Whether its attempt is to be killed, and is followed by no other. */
export const isEnding = ({ stopRequestedAt, timedOutAt }: ActiveRun): boolean =>
  stopRequestedAt !== undefined || timedOutAt !== undefined;

/** The instant at which the run will have taken as long as it may. */
export function timeoutAt({ timeoutSeconds, firstLaunchedAt }: ActiveRun): number | undefined {
  if (timeoutSeconds === undefined || firstLaunchedAt === undefined) return undefined;
  return firstLaunchedAt + timeoutSeconds * 1_000;
}

/** The attempt that is believed alive. */
export function currentAttempt(run: RunState): AttemptState | undefined {
  if (run.status !== 'launched' && run.status !== 'running') return undefined;
  return run.attempts.at(-1);
}
