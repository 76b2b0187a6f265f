import type { Attempt, Run } from '@carillon/contracts';

const instant = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** A run with its attempts and how long each hop took. Instants as RFC 3339, lags in milliseconds since `dueAt`. */
export const presentRunDetail = (run: Run) => ({
  jobId: run.jobId,
  jobUid: run.uid,
  revision: run.revision,
  runId: run.runId,
  trigger: run.trigger,
  scheduleId: run.scheduleId ?? null,
  status: run.status,
  outcome: run.outcome ?? null,
  reason: run.reason ?? null,
  exitCode: run.attempts.at(-1)?.exitCode ?? null,
  stopRequested: run.stopRequested,
  dueAt: instant(run.dueAt),
  queuedAt: instant(run.queuedAt),
  endedAt: instant(run.endedAt),
  lagMs: lagByHop(run),
  attempts: run.attempts.map(presentAttempt),
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
  launchedAt: instant(attempt.launchedAt),
  startedAt: instant(attempt.startedAt),
  endedAt: instant(attempt.endedAt),
  exitCode: attempt.exitCode ?? null,
  reason: attempt.reason ?? null,
  message: attempt.message ?? null,
  sandbox: attempt.sandbox ?? null,
});
