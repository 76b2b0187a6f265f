import type { Transaction } from '@carillon/event-store';
import type { BegunWorkflow, WorkflowState } from '../domain/workflow/workflow.state.js';

/** The category of the streams of workflow runs. */
export const WORKFLOW = 'workflow';

export const workflowStreamOf = (workflowRunId: string): string => `${WORKFLOW}-${workflowRunId}`;

export interface LockedWorkflow {
  readonly version: number;
  readonly state: BegunWorkflow;
}

/** Any of these is enough. */
export interface WorkflowsWanted {
  /** One of these runs (see `runKey`) is under way in it. */
  readonly runs?: readonly string[];
  /** It waits for one of these jobs, by uid, to be triggered. */
  readonly awaited?: readonly string[];
  /** One of these runs, by run id, began or joined it, whatever has become of it. */
  readonly rootRuns?: readonly string[];
}

export interface WorkflowsUnderWay {
  /** The database's clock. */
  readonly now: number;
  readonly workflows: readonly LockedWorkflow[];
}

/** All workflow runs, by their runs and by the jobs that they wait for: their states themselves. */
export interface Workflows {
  /** Until the transaction ends, nobody else begins rounds of the jobs that have these keys. */
  alone(tx: Transaction, keys: readonly string[]): Promise<void>;
  /** Nobody else has them until the transaction ends. */
  take(tx: Transaction, which: WorkflowsWanted): Promise<WorkflowsUnderWay>;
  get(workflowRunId: string): Promise<WorkflowState>;
  /** Newest first; of one job when its uid is given. */
  list(options: {
    readonly uid?: string;
    readonly openOnly: boolean;
    readonly limit: number;
  }): Promise<BegunWorkflow[]>;
}
