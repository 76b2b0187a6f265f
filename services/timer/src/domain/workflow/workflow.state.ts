import type { WorkflowJob } from '@carillon/contracts';
import type { WorkflowEvent } from './workflow.events.js';

/** One round of jobs that depend on each other: stream `workflow-<workflow run id>`. */
export type WorkflowState = { readonly status: 'none' } | BegunWorkflow;

export interface BegunWorkflow {
  readonly status: 'open' | 'ended';
  readonly workflowRunId: string;
  /** Of the run that began it. */
  readonly jobId: string;
  readonly uid: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly jobs: readonly WorkflowJob[];
  /** `<uid> <run id>` of the runs under way: it is found by these. Follows from the jobs, as the next two. */
  readonly runs: readonly string[];
  /** Uids of jobs that depend on none and have not been triggered: it is found by these when they are. */
  readonly awaits: readonly string[];
  /** Uids of all its jobs. */
  readonly members: readonly string[];
}

export const noWorkflow: WorkflowState = { status: 'none' };

export const runKey = ({ uid, runId }: { readonly uid: string; readonly runId: string }) => `${uid} ${runId}`;

export function evolveWorkflow(state: WorkflowState, event: WorkflowEvent): WorkflowState {
  if (event.type === 'WorkflowRunStarted') {
    const { workflowRunId, jobId, uid, runId, startedAt, jobs } = event.data;
    return indexed({
      ...{ status: 'open', workflowRunId, jobId, uid, startedAt },
      jobs: jobs.map((job) =>
        job.uid === uid
          ? { ...job, parents: [], step: 'triggered', runId, dueAt: startedAt }
          : { ...job, step: 'waiting' },
      ),
    });
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'WorkflowRootJoined': {
      const { uid, runId, at } = event.data;
      return withJob(state, uid, (job) => ({ ...job, step: 'triggered', runId, dueAt: at }));
    }
    case 'RunDue': {
      const { uid, runId, revision, dueAt } = event.data;
      return withJob(state, uid, (job) => ({ ...job, step: 'triggered', revision, runId, dueAt }));
    }
    case 'WorkflowJobFinished': {
      const { uid, outcome, endedAt } = event.data;
      return withJob(state, uid, (job) => ({ ...job, step: 'finished', outcome, endedAt }));
    }
    case 'WorkflowJobNotRun': {
      const { uid, reason, at } = event.data;
      return withJob(state, uid, (job) => ({ ...job, step: 'notRun', reason, endedAt: at }));
    }
    case 'WorkflowRunEnded':
      return { ...state, status: 'ended', endedAt: event.data.endedAt };
    default:
      return state; // an event of a later version
  }
}

function withJob(state: BegunWorkflow, uid: string, to: (job: WorkflowJob) => WorkflowJob): BegunWorkflow {
  return indexed({ ...state, jobs: state.jobs.map((job) => (job.uid === uid ? to(job) : job)) });
}

function indexed(state: Omit<BegunWorkflow, 'runs' | 'awaits' | 'members'>): BegunWorkflow {
  const { jobs } = state;
  return {
    ...state,
    runs: jobs.flatMap(({ step, uid, runId }) =>
      step === 'triggered' && runId !== undefined ? [runKey({ uid, runId })] : [],
    ),
    awaits: jobs.flatMap(({ step, uid, parents }) =>
      step === 'waiting' && parents.length === 0 ? [uid] : [],
    ),
    members: jobs.map(({ uid }) => uid),
  };
}
