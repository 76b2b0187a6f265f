import { type ConnectedJob, type JobRegistryApi, type RunEnded, type RunQueued } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import type { EventStore, Transaction } from '@carillon/event-store';
import { workflowRunIdOf } from '@carillon/time';
import type { ChildNow } from '../domain/workflow/workflow.commands.js';
import type { WorkflowEvent } from '../domain/workflow/workflow.events.js';
import { type BegunWorkflow, runKey } from '../domain/workflow/workflow.state.js';
import { type Component, componentsOf, withDescendants } from './components.js';
import { recordDecisions } from './decision-metrics.js';
import type { RunEvent } from './run-events.js';
import { WorkflowBatch } from './workflow-batch.js';
import type { Workflows } from './workflows.js';

/** What is asked of the registry. */
export type RegistryForWorkflows = Pick<JobRegistryApi, 'listConnectedJobs' | 'getJob'>;

const DAY_MS = 86_400_000;
const MOST_JOBS_ASKED = 1_000;
const ASKED_AT_ONCE = 16;

/**
 * Begins workflow runs and carries them on, as runs begin and end.
 *
 * A run of a job that others depend on, which was not triggered by its own dependencies, begins a round. The round of a
 * job that depends on none takes in the other such jobs which it is connected with: it waits for the next run of each.
 *
 * That a run was heard of before is known by the round that it began or joined. So one that was queued longer ago than rounds
 * are kept begins none: all runs there ever were are heard of again when the log is filled anew.
 */
export class FollowRuns {
  readonly #store: EventStore;
  readonly #workflows: Workflows;
  readonly #registry: RegistryForWorkflows;
  readonly #keptMs: number;

  /** `keptDays`: see ForgetWorkflows. */
  constructor(
    store: EventStore,
    workflows: Workflows,
    registry: RegistryForWorkflows,
    { keptDays }: { readonly keptDays: number },
  ) {
    this.#store = store;
    this.#workflows = workflows;
    this.#registry = registry;
    this.#keptMs = keptDays * DAY_MS;
  }

  /** In the order given. Throws `conflict` or `unavailable` when all of it has to be tried again. */
  async handle(tx: Transaction, events: readonly RunEvent[]): Promise<void> {
    if (events.length === 0) return;
    const components = await this.#componentsOf(events.flatMap((event) => begun(event)?.jobId ?? []));
    const beginning = events.flatMap((event) => componentOf(begun(event), components) ?? []);
    const runs = events.flatMap((event) => (event.type === 'RunQueued' ? [] : [runKey(event.data)]));
    await this.#workflows.alone(tx, [...new Set(beginning.map(({ key }) => key))].sort());
    const awaited = beginning.flatMap(({ jobs }) => rootsOf(jobs).map(({ uid }) => uid));
    const rootRuns = events.flatMap((event) => begun(event)?.runId ?? []);
    const wanted = { runs, awaited: [...new Set(awaited)], rootRuns: beginning.length > 0 ? rootRuns : [] };
    const { now, workflows } = await this.#workflows.take(tx, wanted);
    if (beginning.length === 0 && workflows.length === 0) return;
    const batch = new WorkflowBatch(workflows);
    const decided: WorkflowEvent[] = [];
    for (const event of events) decided.push(...(await this.#follow(event, batch, components, now)));
    await this.#store.append(tx, batch.appends());
    tx.afterCommit(() => recordDecisions(decided, now));
  }

  async #follow(
    event: RunEvent,
    batch: WorkflowBatch,
    components: ReadonlyMap<string, Component>,
    now: number,
  ): Promise<readonly WorkflowEvent[]> {
    const describe = describer(event);
    if (event.type === 'RunQueued') {
      const component = componentOf(begun(event), components);
      const isKept = event.data.queuedAt >= now - this.#keptMs;
      return component && isKept ? begin(batch, event.data, component, now, describe) : [];
    }
    const id = batch.withRun(runKey(event.data));
    if (id === undefined) return [];
    const { uid, runId } = event.data;
    if (event.type === 'RunSkipped') return batch.decide(id, { type: 'SkipRun', uid, runId, now }, describe);
    const { outcome, endedAt } = event.data;
    const children = await this.#childrenNow(batch.stateOf(id) as BegunWorkflow, event.data, now);
    return batch.decide(id, { type: 'FinishRun', uid, runId, outcome, endedAt, children, now }, describe);
  }

  /** The graph as the registry has it now: what was acknowledged before the run was started is in it. */
  async #componentsOf(jobIds: readonly string[]): Promise<Map<string, Component>> {
    const ids = [...new Set(jobIds)];
    const jobs = new Map<string, ConnectedJob>();
    for (let from = 0; from < ids.length; from += MOST_JOBS_ASKED) {
      const some = ids.slice(from, from + MOST_JOBS_ASKED);
      const connected = await this.#registry.listConnectedJobs({ jobIds: some });
      for (const job of connected.jobs) jobs.set(job.jobId, job);
    }
    return componentsOf([...jobs.values()]);
  }

  /** The jobs that wait for this one, as they are now. */
  async #childrenNow(
    { jobs }: BegunWorkflow,
    { jobId, outcome }: RunEnded,
    now: number,
  ): Promise<Map<string, ChildNow>> {
    const waiting = jobs.filter(({ step, parents }) => step === 'waiting' && parents.includes(jobId));
    const children = new Map<string, ChildNow>();
    if (outcome !== 'succeeded') return children;
    for (let from = 0; from < waiting.length; from += ASKED_AT_ONCE) {
      const some = waiting.slice(from, from + ASKED_AT_ONCE);
      for (const job of await Promise.all(some.map((child) => this.#jobNow(child.jobId)))) {
        if (!job) continue;
        const paused = job.pause !== undefined && (job.pause.until ?? Infinity) > now;
        children.set(job.uid, { revision: job.revision, paused });
      }
    }
    return children;
  }

  async #jobNow(jobId: string) {
    try {
      return await this.#registry.getJob({ jobId });
    } catch (error) {
      if (isCarillonError(error, 'notFound')) return undefined;
      throw error;
    }
  }
}

/** A run that no dependency triggered. */
function begun(event: RunEvent): RunQueued | undefined {
  return event.type === 'RunQueued' && event.data.trigger !== 'dependency' ? event.data : undefined;
}

/** What it begins a round of; nothing when no other job depends on it. */
function componentOf(
  run: RunQueued | undefined,
  components: ReadonlyMap<string, Component>,
): Component | undefined {
  const component = run && components.get(run.jobId);
  if (!component?.jobs.some(({ jobId, uid }) => jobId === run?.jobId && uid === run.uid)) return undefined;
  return component.jobs.some(({ parents }) => parents.includes(run?.jobId ?? '')) ? component : undefined;
}

const rootsOf = (jobs: readonly ConnectedJob[]) => jobs.filter(({ parents }) => parents.length === 0);

type Describe = (event: WorkflowEvent) => { readonly causationId: string };

function begin(
  batch: WorkflowBatch,
  { jobId, uid, runId }: RunQueued,
  { jobs }: Component,
  now: number,
  describe: Describe,
): readonly WorkflowEvent[] {
  if (batch.knows({ uid, runId })) return [];
  const roots = rootsOf(jobs);
  const isRoot = roots.some((root) => root.uid === uid);
  if (isRoot) {
    const open = batch.awaiting(uid).find((id) => hasJobs(batch.stateOf(id), jobs));
    if (open !== undefined) return batch.decide(open, { type: 'JoinWorkflow', uid, runId, now }, describe);
  }
  const workflowRunId = workflowRunIdOf({ uid, runId });
  const older = isRoot ? new Set(roots.flatMap((root) => batch.awaiting(root.uid))) : [];
  return [
    ...[...older].flatMap((id) => batch.decide(id, { type: 'SupersedeWorkflow', now }, describe)),
    ...batch.decide(
      workflowRunId,
      {
        ...{ type: 'BeginWorkflow', workflowRunId, jobId, uid, runId, now },
        jobs: isRoot ? jobs : withDescendants(jobId, jobs),
      },
      describe,
    ),
  ];
}

/** Whether the round is of these very jobs and dependencies: after an edit a new one begins. */
function hasJobs(state: ReturnType<WorkflowBatch['stateOf']>, jobs: readonly ConnectedJob[]): boolean {
  if (state.status !== 'open') return false;
  const known = new Map(state.jobs.map((job) => [job.uid, [...job.parents].sort().join(' ')]));
  return (
    known.size === jobs.length &&
    jobs.every(({ uid, parents }) => known.get(uid) === [...parents].sort().join(' '))
  );
}

/** A run that becomes due goes on with the trace of the run that made it so. */
function describer(event: RunEvent): Describe {
  return (happened) => ({
    causationId: event.id,
    ...event.trace,
    ...(happened.type === 'RunDue' ? { correlationId: happened.data.runId } : {}),
  });
}
