import type { RunDue, RunOutcome, WorkflowRunEnded, WorkflowRunStarted } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';

export type WorkflowRunStartedEvent = DomainEvent<'WorkflowRunStarted', WorkflowRunStarted>;

/** Another job that depends on none was triggered, in the round that waited for it. */
export type WorkflowRootJoined = DomainEvent<
  'WorkflowRootJoined',
  { readonly jobId: string; readonly uid: string; readonly runId: string; readonly at: number }
>;

/** All parents of a job have succeeded. */
export type WorkflowRunDue = DomainEvent<'RunDue', RunDue>;

export type WorkflowJobFinished = DomainEvent<
  'WorkflowJobFinished',
  {
    readonly jobId: string;
    readonly uid: string;
    readonly runId: string;
    readonly outcome: RunOutcome;
    readonly endedAt: number;
  }
>;

/** A job will not run in this workflow run. */
export type WorkflowJobNotRun = DomainEvent<
  'WorkflowJobNotRun',
  { readonly jobId: string; readonly uid: string; readonly reason: NotRunReason; readonly at: number }
>;

export type WorkflowRunEndedEvent = DomainEvent<'WorkflowRunEnded', WorkflowRunEnded>;

export type WorkflowEvent =
  | WorkflowRunStartedEvent
  | WorkflowRootJoined
  | WorkflowRunDue
  | WorkflowJobFinished
  | WorkflowJobNotRun
  | WorkflowRunEndedEvent;

/**
 * - `parentFailed`: a parent ran and did not succeed; `parentNotRun`: a parent did not run
 * - `parentNotTriggered`: a parent has no part in this workflow run, which a job in the middle began
 * - `skipped`: scheduler-framework did not admit the run
 * - `paused`, `jobRemoved`: so was the job when its turn came
 * - `superseded`: a job that depends on none was not triggered before the next round began
 */
export type NotRunReason =
  | 'parentFailed'
  | 'parentNotRun'
  | 'parentNotTriggered'
  | 'skipped'
  | 'paused'
  | 'jobRemoved'
  | 'superseded';
