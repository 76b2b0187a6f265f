import type {
  AttemptEnded,
  AttemptLaunched,
  AttemptStarted,
  RunEnded,
  RunOverrides,
  RunQueued,
  RunStopRequested,
} from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';
import type { TaskState } from '@carillon/mesos';
import type { AttemptVolume } from '../volumes/persistent-volume.js';
import type { AttemptPolicy } from './retry-policy.js';

/** What a RunQueued has that is nobody else's business; overrides are confidential. */
export interface QueuedPrivately extends AttemptPolicy {
  readonly overlap?: 'QUEUE' | 'REPLACE';
  readonly timeoutSeconds?: number;
  readonly overrides?: RunOverrides;
  readonly idempotencyKey?: string;
}

/** Public but for `QueuedPrivately`. */
export type RunQueuedEvent = DomainEvent<'RunQueued', RunQueued & QueuedPrivately>;

/** Recorded before Mesos is asked to launch. Public but for the agent's attributes that placement rules name, and volumes. */
export type AttemptLaunchedEvent = DomainEvent<
  'AttemptLaunched',
  AttemptLaunched & { values?: Readonly<Record<string, string>>; volumes?: readonly AttemptVolume[] }
>;

/** Mesos said how the task does, without it having started or ended by that: staging, killing, unreachable, back. */
export type TaskStateReportedEvent = DomainEvent<
  'TaskStateReported',
  { runId: string; attempt: number; taskId: string; state: TaskState; reportedAt: number }
>;

export type AttemptStartedEvent = DomainEvent<'AttemptStarted', AttemptStarted>;

/** Public but for `neverStarted` and `retryAt` (when the next attempt may be launched; absent: there is none). */
export type AttemptEndedEvent = DomainEvent<
  'AttemptEnded',
  AttemptEnded & { neverStarted?: boolean; retryAt?: number }
>;

/** Public but for the grace and the reason. */
export type RunStopRequestedEvent = DomainEvent<
  'RunStopRequested',
  RunStopRequested & { graceSeconds?: number; reason?: string }
>;

/** A stop was asked for again, with another grace. */
export type StopGraceChangedEvent = DomainEvent<
  'StopGraceChanged',
  { runId: string; graceSeconds: number; changedAt: number }
>;

/** The run has taken as long as it may; its attempt is being killed. */
export type RunTimedOutEvent = DomainEvent<'RunTimedOut', { runId: string; timedOutAt: number }>;

export type RunEndedEvent = DomainEvent<'RunEnded', RunEnded>;

export type RunEvent =
  | RunQueuedEvent
  | AttemptLaunchedEvent
  | TaskStateReportedEvent
  | AttemptStartedEvent
  | AttemptEndedEvent
  | RunStopRequestedEvent
  | StopGraceChangedEvent
  | RunTimedOutEvent
  | RunEndedEvent;
