import type { ConnectedJob, RunOutcome } from '@carillon/contracts';

/** A run that no dependency triggered begins a workflow run. */
export interface BeginWorkflow {
  readonly type: 'BeginWorkflow';
  readonly workflowRunId: string;
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  /** The jobs of the round, this one included, as they are defined now. */
  readonly jobs: readonly ConnectedJob[];
  readonly now: number;
}

/** A run of another job that depends on none joins it. */
export interface JoinWorkflow {
  readonly type: 'JoinWorkflow';
  readonly uid: string;
  readonly runId: string;
  readonly now: number;
}

/** A run of the round has ended. */
export interface FinishRun {
  readonly type: 'FinishRun';
  readonly uid: string;
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly endedAt: number;
  /** The jobs that may become due by it, as they are now; one that is missing here is gone. By uid. */
  readonly children: ReadonlyMap<string, ChildNow>;
  readonly now: number;
}

export interface ChildNow {
  /** In force. */
  readonly revision: number;
  readonly paused: boolean;
}

/** A due run of the round was not admitted. */
export interface SkipRun {
  readonly type: 'SkipRun';
  readonly uid: string;
  readonly runId: string;
  readonly now: number;
}

/** The next round begins: what has not been triggered by now does not belong to this one any more. */
export interface SupersedeWorkflow {
  readonly type: 'SupersedeWorkflow';
  readonly now: number;
}

/** A job that was waited for is gone. */
export interface DropJob {
  readonly type: 'DropJob';
  readonly uid: string;
  readonly now: number;
}

export type WorkflowCommand =
  | BeginWorkflow
  | JoinWorkflow
  | FinishRun
  | SkipRun
  | SupersedeWorkflow
  | DropJob;
