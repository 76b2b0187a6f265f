import type { FindRunsRequest, FindRunsResponse, Run, RunPlace, RunStatus } from '@carillon/contracts';
import type { Backends } from './backends.js';

/** Which runs: all conditions together. */
export interface RunsWanted extends Omit<FindRunsRequest, 'limit' | 'before'> {
  /** With the uid: none when it is another job's. */
  readonly jobId?: string | undefined;
  readonly status?: RunStatus;
}

export interface RunsPage {
  readonly runs: readonly Run[];
  /** Where to go on; absent when that was all. */
  readonly next?: RunPlace;
}

/** With labels, which of them are wanted only the registry knows. */
const MOST_AT_ONCE = 1001;

/**
 * Runs, active and ended, the one queued last first. The scheduler-framework is asked first: what ends in between is in
 * both answers, what it does not know any more has been recorded, so no run falls through.
 */
export async function findRuns(
  backends: Backends,
  { jobId, ...wanted }: RunsWanted,
  page: { limit: number; before?: RunPlace | undefined },
): Promise<RunsPage> {
  const { limit } = page;
  const { status, ...conditions } = wanted;
  const current = await currentRuns(backends, wanted, page);
  const ended: FindRunsResponse =
    status === undefined || status === 'ended'
      ? await backends.history.findRuns({ ...conditions, ...before(page), limit: limit + 1 })
      : { runs: [] };
  // Beyond the place where an answer of large runs ended there are others.
  const { next: end } = ended;
  const all = new Map([...current, ...ended.runs].map((run) => [keyOf(run), run]));
  const sorted = [...all.values()]
    .filter((run) => (jobId === undefined || run.jobId === jobId) && (!end || compare(run, end) <= 0))
    .sort(compare);
  const runs = sorted.slice(0, limit);
  const last = runs.at(-1);
  if (sorted.length > limit && last) {
    return { runs, next: { queuedAt: last.queuedAt, runId: last.runId, uid: last.uid } };
  }
  return end ? { runs, next: end } : { runs };
}

/** One more than the limit, if there are as many. */
async function currentRuns(
  backends: Backends,
  { labels, ...conditions }: Omit<RunsWanted, 'jobId'>,
  page: { limit: number; before?: RunPlace | undefined },
): Promise<Run[]> {
  const isLabelled = Object.keys(labels).length > 0;
  const limit = isLabelled ? MOST_AT_ONCE : page.limit + 1;
  const found: Run[] = [];
  let place = page.before;
  do {
    const { runs, next } = await backends.framework.findCurrentRuns({
      ...{ ...conditions, ...before({ before: place }), limit },
    });
    found.push(...(isLabelled ? await labelled(backends, runs, labels) : runs));
    place = next;
  } while (place !== undefined && found.length <= page.limit);
  return found;
}

const before = (page: { before?: RunPlace | undefined }) => (page.before ? { before: page.before } : {});

async function labelled(
  { registry }: Backends,
  runs: readonly Run[],
  labels: Readonly<Record<string, string>>,
): Promise<readonly Run[]> {
  if (runs.length === 0) return runs;
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
