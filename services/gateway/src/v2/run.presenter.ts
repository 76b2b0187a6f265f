import type { Attempt, Run, RunOverrides } from '@carillon/contracts';
import { isoInstantOrNull } from '../iso-instant.js';

/** A run with its attempts and how long each hop took. Instants as RFC 3339, lags in milliseconds since `dueAt`. */
export function presentRunDetail(run: Run) {
  const last = run.attempts.at(-1);
  return {
    jobId: run.jobId,
    jobUid: run.uid,
    revision: run.revision,
    runId: run.runId,
    trigger: run.trigger,
    scheduleId: run.scheduleId ?? null,
    workflowRunId: run.workflowRunId ?? null,
    backfillId: run.backfillId ?? null,
    status: run.status,
    outcome: run.outcome ?? null,
    reason: run.reason ?? null,
    exitCode: last?.exitCode ?? null,
    agentId: last?.agentId ?? null,
    hostname: last?.hostname ?? null,
    sandbox: last?.sandbox ?? null,
    stopRequested: run.stopRequested,
    dueAt: isoInstantOrNull(run.dueAt),
    queuedAt: isoInstantOrNull(run.queuedAt),
    endedAt: isoInstantOrNull(run.endedAt),
    lagMs: lagByHop(run),
    overrides: run.overrides ? presentOverrides(run.overrides) : null,
    attempts: run.attempts.map(presentAttempt),
  };
}

/** Only what is not its job's. */
const presentOverrides = ({ args, env, constraints, ...rest }: RunOverrides) => ({
  ...rest,
  ...(args.length > 0 ? { args } : {}),
  ...(Object.keys(env).length > 0 ? { env } : {}),
  ...(constraints.length > 0 ? { constraints } : {}),
});

/** From the due instant to each hop; null where the run has not got. */
function lagByHop({ dueAt, queuedAt, endedAt, attempts }: Run) {
  const first = attempts[0];
  const since = (at: number | undefined) => (at === undefined ? null : at - dueAt);
  return {
    queued: queuedAt - dueAt,
    launched: since(first?.launchedAt),
    started: since(first?.startedAt),
    ended: since(endedAt),
  };
}

const presentAttempt = (attempt: Attempt) => ({
  attempt: attempt.attempt,
  taskId: attempt.taskId,
  agentId: attempt.agentId,
  hostname: attempt.hostname,
  state: attempt.state,
  launchedAt: isoInstantOrNull(attempt.launchedAt),
  startedAt: isoInstantOrNull(attempt.startedAt),
  endedAt: isoInstantOrNull(attempt.endedAt),
  exitCode: attempt.exitCode ?? null,
  reason: attempt.reason ?? null,
  message: attempt.message ?? null,
  sandbox: attempt.sandbox ?? null,
});
