import type {
  Backfill,
  BackfillRequest,
  Clock,
  ExplainDueInstantsRequest,
  ExplainDueInstantsResponse,
  GetClockRequest,
  ListBackfillsRequest,
  ListBackfillsResponse,
  ListWorkflowRunsRequest,
  ListWorkflowRunsResponse,
  StartBackfillRequest,
  TimerApi,
  WorkflowRun,
  WorkflowRunRequest,
} from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import { compiledOrWhyNot, nextDueAt } from '../domain/armed-schedule.js';
import type { ClockState, SetClock } from '../domain/clock.state.js';
import type { BegunWorkflow } from '../domain/workflow/workflow.state.js';
import type { Backfills } from './backfills.js';
import type { Explain } from './explain.js';
import type { Workflows } from './workflows.js';

const MAX_PAGE = 1_000;

export interface TimerServicePorts {
  readonly backfills: Backfills;
  readonly workflows: Workflows;
  readonly explain: Explain;
  readonly clockOf: (uid: string) => Promise<ClockState>;
  readonly now: () => Promise<number>;
}

/** What the timer answers. */
export class TimerService implements TimerApi {
  readonly #ports: TimerServicePorts;

  constructor(ports: TimerServicePorts) {
    this.#ports = ports;
  }

  startBackfill(request: StartBackfillRequest): Promise<Backfill> {
    return this.#ports.backfills.start(request);
  }

  getBackfill({ uid, backfillId }: BackfillRequest): Promise<Backfill> {
    return this.#ports.backfills.get(uid, backfillId);
  }

  async listBackfills({ uid, limit }: ListBackfillsRequest): Promise<ListBackfillsResponse> {
    refuseLimit(limit);
    return { backfills: await this.#ports.backfills.list(uid, limit) };
  }

  cancelBackfill({ uid, backfillId }: BackfillRequest): Promise<Backfill> {
    return this.#ports.backfills.cancel(uid, backfillId);
  }

  async getClock({ uid }: GetClockRequest): Promise<Clock> {
    const state = await this.#ports.clockOf(uid);
    if (state.status === 'blank') throw notFound('clockNotFound', 'Nothing is armed for this job', { uid });
    return toClock(state, await this.#ports.now());
  }

  async listWorkflowRuns({
    uid,
    limit,
    openOnly,
  }: ListWorkflowRunsRequest): Promise<ListWorkflowRunsResponse> {
    refuseLimit(limit);
    const of = uid === undefined ? {} : { uid };
    const found = await this.#ports.workflows.list({ ...of, limit, openOnly });
    return { workflowRuns: found.map(toWorkflowRun) };
  }

  async getWorkflowRun({ workflowRunId }: WorkflowRunRequest): Promise<WorkflowRun> {
    const state = await this.#ports.workflows.get(workflowRunId);
    if (state.status !== 'none') return toWorkflowRun(state);
    throw notFound('workflowRunNotFound', 'Workflow run not found', { workflowRunId });
  }

  explainDueInstants(request: ExplainDueInstantsRequest): Promise<ExplainDueInstantsResponse> {
    return this.#ports.explain.explain(request);
  }
}

function refuseLimit(limit: number): void {
  if (limit < 1 || limit > MAX_PAGE) throw invalid('limitInvalid', `limit must be 1 to ${MAX_PAGE}`);
}

/** Nominal instants: jitter and pauses delay when they are decided. */
function toClock({ jobId, uid, revision, schedules, pauses = [] }: SetClock, now: number): Clock {
  const armed = schedules.map((schedule) => {
    const { scheduleId, decidedUpTo, more } = schedule;
    const rule = compiledOrWhyNot(schedule, jobId);
    const isLost = typeof rule === 'string';
    const dueAt = isLost ? undefined : nextDueAt(schedule, jobId, decidedUpTo, rule);
    return {
      ...{ scheduleId, revision: schedule.revision, decidedUpTo },
      ...(dueAt === undefined ? {} : { nextDueAt: dueAt }),
      ...(more?.runsLeft === undefined ? {} : { runsLeft: more.runsLeft }),
      ...(isLost ? { problem: rule } : {}),
    };
  });
  const nearest = Math.min(...armed.map(({ nextDueAt: dueAt = Infinity }) => dueAt));
  const pause = pauses.find(({ from, until = Infinity }) => from <= now && now < until);
  return {
    ...{ jobId, uid, revision, schedules: armed },
    ...(nearest === Infinity ? {} : { nextDueAt: nearest }),
    ...(pause === undefined
      ? {}
      : { pause: { pausedAt: pause.from, ...(pause.until === undefined ? {} : { until: pause.until }) } }),
  };
}

function toWorkflowRun(state: BegunWorkflow): WorkflowRun {
  const { workflowRunId, jobId, uid, startedAt, endedAt, jobs } = state;
  const outcome = jobs.every((job) => job.outcome === 'succeeded') ? 'succeeded' : 'failed';
  return {
    ...{ workflowRunId, jobId, uid, startedAt },
    ...(endedAt === undefined ? {} : { endedAt, outcome }),
    jobs: [...jobs],
  };
}
