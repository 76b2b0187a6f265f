import type { RunSkipped } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';
import type { KeptVolume } from '../volumes/persistent-volume.js';

/**
 * The door let a run in. The run's own stream begins with RunQueued in the same transaction, and the active runs that it
 * replaces are told to stop.
 */
export type RunAdmittedEvent = DomainEvent<
  'RunAdmitted',
  { jobId: string; uid: string; runId: string; idempotencyKey?: string; replaces?: readonly string[] }
>;

/** The door kept a trigger out; public. */
export type RunSkippedEvent = DomainEvent<'RunSkipped', RunSkipped>;

/** An admitted run ended; it no longer counts as active. */
export type RunReleasedEvent = DomainEvent<'RunReleased', { jobId: string; uid: string; runId: string }>;

/** The tombstone: no run of this uid is ever admitted again. */
export type JobClosedEvent = DomainEvent<'JobClosed', { jobId: string; uid: string; closedAt: number }>;

/** Runs from now on are to have these volumes, where they are. */
export type VolumesKeptEvent = DomainEvent<
  'VolumesKept',
  { jobId: string; uid: string; revision: number; volumes: readonly KeptVolume[] }
>;

/** Volumes at other paths than these, kept since that revision or before, are to be destroyed. */
export type VolumesLimitedEvent = DomainEvent<
  'VolumesLimited',
  { jobId: string; uid: string; revision: number; containerPaths: readonly string[] }
>;

export type JobRunsEvent =
  | RunAdmittedEvent
  | RunSkippedEvent
  | RunReleasedEvent
  | JobClosedEvent
  | VolumesKeptEvent
  | VolumesLimitedEvent;

/** What speaks against a run besides the others of its job. */
export type OverlapRefusal = 'overlapForbidden' | 'queueFull';

export type SkipReason = OverlapRefusal | 'startingDeadlineExceeded' | 'jobRemoved';
