import type { FindRunsRequest, Run, RunPlace, RunStatus } from '@carillon/contracts';
import type { Backends } from './backends.js';
import { isActive } from './run-states.js';

/** Which runs: all conditions together. */
export interface RunsWanted extends Omit<FindRunsRequest, 'limit' | 'before'> {
  /** With the uid: none when it is another job's. */
  readonly jobId?: string | undefined;
  readonly status?: RunStatus | undefined;
}

export interface RunsPage {
  readonly runs: readonly Run[];
  /** Where to go on; absent when that was all. */
  readonly next?: RunPlace;
}

/**
 * Runs, active and ended, the one queued last first. The scheduler-framework is asked first: what ends in between is in
 * both answers, what it does not know any more has been recorded, so no run falls through.
 */
export async function findRuns(
  backends: Backends,
  { status, jobId, ...wanted }: RunsWanted,
  { limit, before }: { limit: number; before?: RunPlace | undefined },
): Promise<RunsPage> {
  const { runs: current } = await backends.framework.listRuns({
    uids: wanted.uid === undefined ? [] : [wanted.uid],
    activeOnly: status !== undefined && status !== 'ended',
  });
  const matching = await labelled(
    backends,
    current.filter((run) => matches(run, wanted) && (!before || compare(run, before) > 0)),
    wanted.labels,
  );
  const ended =
    status === undefined || status === 'ended'
      ? (await backends.history.findRuns({ ...wanted, limit: limit + 1, ...(before ? { before } : {}) })).runs
      : [];
  const all = new Map(matching.filter((run) => hasStatus(run, status)).map((run) => [keyOf(run), run]));
  for (const run of ended) all.set(keyOf(run), run);
  const sorted = [...all.values()].filter((run) => jobId === undefined || run.jobId === jobId).sort(compare);
  const runs = sorted.slice(0, limit);
  const last = runs.at(-1);
  return sorted.length > limit && last
    ? { runs, next: { queuedAt: last.queuedAt, runId: last.runId, uid: last.uid } }
    : { runs };
}

/** A run that was told to stop is as good as ended, but Mesos may still be at it. */
const hasStatus = (run: Run, status: RunStatus | undefined) =>
  status === undefined || (run.status === status && (status === 'ended' || isActive(run)));

function matches(run: Run, wanted: RunsWanted): boolean {
  const { jobPrefix = '', from = -Infinity, until = Infinity, agent, exitCode, trigger, outcome } = wanted;
  return (
    run.jobId.startsWith(jobPrefix) &&
    run.queuedAt >= from &&
    run.queuedAt < until &&
    (agent === undefined ||
      run.attempts.some(({ agentId, hostname }) => agentId === agent || hostname === agent)) &&
    (exitCode === undefined || run.attempts.at(-1)?.exitCode === exitCode) &&
    (trigger === undefined || run.trigger === trigger) &&
    (outcome === undefined || run.outcome === outcome)
  );
}

async function labelled(
  { registry }: Backends,
  runs: readonly Run[],
  labels: Readonly<Record<string, string>>,
): Promise<readonly Run[]> {
  if (Object.keys(labels).length === 0 || runs.length === 0) return runs;
  const { jobIds } = await registry.matchJobs({
    jobIds: [...new Set(runs.map(({ jobId }) => jobId))],
    labels,
  });
  const ids = new Set(jobIds);
  return runs.filter(({ jobId }) => ids.has(jobId));
}

const keyOf = ({ uid, runId }: Run) => `${uid}/${runId}`;

/** The order of history's: by the instant, the run id and the uid, all descending, texts by their bytes. */
const compare = (a: RunPlace, b: RunPlace) =>
  b.queuedAt - a.queuedAt || descending(a.runId, b.runId) || descending(a.uid, b.uid);
const descending = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
