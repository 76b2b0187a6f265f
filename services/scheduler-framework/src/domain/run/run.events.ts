import type {
  AttemptEnded,
  AttemptLaunched,
  AttemptStarted,
  Restart,
  RunEnded,
  RunQueued,
  RunStopRequested,
} from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';
import type { TaskState } from '@carillon/mesos';

/** Public, with the restart rule of the revision that runs. */
export type RunQueuedEvent = DomainEvent<'RunQueued', RunQueued & { restart: Restart }>;

/** Recorded before Mesos is asked to launch. Public. */
export type AttemptLaunchedEvent = DomainEvent<'AttemptLaunched', AttemptLaunched>;

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

export type RunStopRequestedEvent = DomainEvent<'RunStopRequested', RunStopRequested>;

export type RunEndedEvent = DomainEvent<'RunEnded', RunEnded>;

export type RunEvent =
  | RunQueuedEvent
  | AttemptLaunchedEvent
  | TaskStateReportedEvent
  | AttemptStartedEvent
  | AttemptEndedEvent
  | RunStopRequestedEvent
  | RunEndedEvent;
