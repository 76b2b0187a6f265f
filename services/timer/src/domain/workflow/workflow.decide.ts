import type { WorkflowJob } from '@carillon/contracts';
import { assertNever, type Decider } from '@carillon/event-sourcing';
import { dependencyRunId } from '@carillon/time';
import type { ChildNow, WorkflowCommand } from './workflow.commands.js';
import type { NotRunReason, WorkflowEvent } from './workflow.events.js';
import { type BegunWorkflow, evolveWorkflow, noWorkflow, type WorkflowState } from './workflow.state.js';

/**
 * **The rule of dependencies.** In one workflow run a job is due, once, when all its parents have succeeded in it. As soon
 * as one of them has not, or will not run, the job does not run either, and the reason is recorded; the others go on.
 */
export const workflow: Decider<WorkflowState, WorkflowCommand, WorkflowEvent> = {
  initialState: () => noWorkflow,
  evolve: evolveWorkflow,
  decide(command, state) {
    const happened = firstOf(command, state);
    return happened.length === 0 ? [] : withConsequences(happened, state, command);
  },
};

const NOBODY: ReadonlyMap<string, ChildNow> = new Map();

/** What the command itself says. Nothing when it comes again, or late. */
function firstOf(command: WorkflowCommand, state: WorkflowState): WorkflowEvent[] {
  if (command.type === 'BeginWorkflow') {
    if (state.status !== 'none') return [];
    const { workflowRunId, jobId, uid, runId, jobs, now } = command;
    return [
      {
        type: 'WorkflowRunStarted',
        data: { jobId, uid, workflowRunId, runId, startedAt: now, jobs: [...jobs] },
      },
    ];
  }
  if (state.status !== 'open') return [];
  const { now } = command;
  switch (command.type) {
    case 'JoinWorkflow':
      return jobsOf(state, command.uid, 'waiting').map(({ jobId, uid }) => ({
        type: 'WorkflowRootJoined',
        data: { jobId, uid, runId: command.runId, at: now },
      }));
    case 'FinishRun':
      return runsOf(state, command).map(({ jobId, uid }) => {
        const { runId, outcome, endedAt } = command;
        return { type: 'WorkflowJobFinished', data: { jobId, uid, runId, outcome, endedAt } };
      });
    case 'SkipRun':
      return runsOf(state, command).map((job) => notRun(job, 'skipped', now));
    case 'SupersedeWorkflow':
      return state.awaits
        .flatMap((uid) => jobsOf(state, uid, 'waiting'))
        .map((job) => notRun(job, 'superseded', now));
    case 'DropJob':
      return jobsOf(state, command.uid, 'waiting').map((job) => notRun(job, 'jobRemoved', now));
    default:
      return assertNever(command, 'command');
  }
}

const jobsOf = ({ jobs }: BegunWorkflow, uid: string, step: WorkflowJob['step']) =>
  jobs.filter((job) => job.uid === uid && job.step === step);

const runsOf = (state: BegunWorkflow, { uid, runId }: { uid: string; runId: string }) =>
  jobsOf(state, uid, 'triggered').filter((job) => job.runId === runId);

const notRun = ({ jobId, uid }: WorkflowJob, reason: NotRunReason, at: number): WorkflowEvent => ({
  type: 'WorkflowJobNotRun',
  data: { jobId, uid, reason, at },
});

/** Goes on until nothing follows any more: each step settles a waiting job, so this ends. */
function withConsequences(
  happened: WorkflowEvent[],
  before: WorkflowState,
  command: WorkflowCommand,
): WorkflowEvent[] {
  const { now } = command;
  const children = command.type === 'FinishRun' ? command.children : NOBODY;
  const events = [...happened];
  let state = happened.reduce(evolveWorkflow, before);
  for (;;) {
    if (state.status !== 'open') return events;
    const next = consequences(state, children, now);
    if (next.length === 0) return state.jobs.some(isOpen) ? events : [...events, ended(state, now)];
    events.push(...next);
    state = next.reduce<WorkflowState>(evolveWorkflow, state);
  }
}

const isOpen = ({ step }: WorkflowJob) => step === 'waiting' || step === 'triggered';

function consequences(
  state: BegunWorkflow,
  children: ReadonlyMap<string, ChildNow>,
  now: number,
): WorkflowEvent[] {
  const byId = new Map(state.jobs.map((job) => [job.jobId, job]));
  return state.jobs.flatMap((job): WorkflowEvent[] => {
    if (job.step !== 'waiting' || job.parents.length === 0) return [];
    const parents = job.parents.map((id) => byId.get(id));
    const reason = whyNot(parents);
    if (reason !== undefined) return [notRun(job, reason, now)];
    if (!parents.every((parent) => parent?.outcome === 'succeeded')) return [];
    const child = children.get(job.uid);
    if (child === undefined) return [notRun(job, 'jobRemoved', now)];
    if (child.paused) return [notRun(job, 'paused', now)];
    const dueAt = Math.max(...parents.map((parent) => parent?.endedAt ?? 0));
    return [due(state, job, child.revision, dueAt, now)];
  });
}

function whyNot(parents: readonly (WorkflowJob | undefined)[]): NotRunReason | undefined {
  if (parents.some((parent) => parent === undefined)) return 'parentNotTriggered';
  if (parents.some((parent) => parent?.step === 'finished' && parent.outcome !== 'succeeded')) {
    return 'parentFailed';
  }
  return parents.some((parent) => parent?.step === 'notRun') ? 'parentNotRun' : undefined;
}

/** Due when the last of its parents ended, whoever was heard of last. */
function due(
  { workflowRunId }: BegunWorkflow,
  { jobId, uid, revision: atStart }: WorkflowJob,
  inForce: number,
  dueAt: number,
  now: number,
): WorkflowEvent {
  const data = {
    jobId,
    uid,
    revision: Math.max(atStart, inForce),
    runId: dependencyRunId({ uid, workflowRunId, dueAt }),
    scheduleId: '',
    dueAt,
    decidedAt: now,
    trigger: 'dependency',
    workflowRunId,
  } as const;
  return { type: 'RunDue', data };
}

function ended({ jobId, uid, workflowRunId, jobs }: BegunWorkflow, now: number): WorkflowEvent {
  return {
    type: 'WorkflowRunEnded',
    data: {
      jobId,
      uid,
      workflowRunId,
      endedAt: now,
      outcome: jobs.every(({ outcome }) => outcome === 'succeeded') ? 'succeeded' : 'failed',
      notRun: jobs.flatMap((job) =>
        job.step === 'notRun' ? [{ jobId: job.jobId, uid: job.uid, reason: job.reason ?? '' }] : [],
      ),
    },
  };
}
