import type { HistoryApi, Run, RunKey, Summary } from '@carillon/contracts';

/** What is remembered of one job, including ended runs that history has not recorded yet. */
export interface JobHistory {
  readonly successCount: number;
  readonly failureCount: number;
  readonly lastSuccessAt?: number;
  readonly lastFailureAt?: number;
  /** Newest end first; empty unless they were asked for. */
  readonly runs: readonly Run[];
}

/** Some 560 bytes each, and 400 more with each further attempt; gRPC takes 64 MiB. A single job's may be more. */
const MOST_RUNS_AT_ONCE = 10_000;

/** Times to ask again when history records one of our runs between two questions. */
const ATTEMPTS = 4;

/**
 * The histories of some jobs, by uid. `ended` are runs that the scheduler-framework still serves, read BEFORE this is
 * called: a run is then here or there, never nowhere. Counts take in each run once, so history is asked before and after
 * which of them it has.
 */
export async function jobHistories(
  history: HistoryApi,
  uids: readonly string[],
  ended: readonly Run[],
  { limit }: { limit: number | undefined },
): Promise<ReadonlyMap<string, JobHistory>> {
  for (let attempt = 1; ; attempt++) {
    const before = await recorded(history, ended);
    const { summaries } = await history.getSummaries({ uids });
    const runs = limit === undefined ? [] : await recentRuns(history, summaries, limit);
    const after = await recorded(history, ended);
    if (before.size < after.size && attempt < ATTEMPTS) continue;
    const unrecorded = ended.filter((run) => !after.has(keyOf(run)));
    const histories = merge(uids, summaries, limit === undefined ? [] : [...runs, ...ended], unrecorded);
    return new Map([...histories].map(([uid, one]) => [uid, { ...one, runs: newest(one.runs, limit ?? 0) }]));
  }
}

/** Of as many jobs at a time as an answer can take the runs of. */
async function recentRuns(
  history: HistoryApi,
  summaries: readonly Summary[],
  limit: number,
): Promise<readonly Run[]> {
  const groups: string[][] = [];
  let left = 0;
  for (const { uid, successCount, failureCount } of summaries) {
    const runs = Math.min(successCount, limit) + Math.min(failureCount, limit);
    if (groups.length === 0 || runs > left) {
      groups.push([]);
      left = MOST_RUNS_AT_ONCE;
    }
    groups.at(-1)?.push(uid);
    left -= runs;
  }
  const found: Run[] = [];
  for (const uids of groups) {
    for (const run of (await history.listRecentRuns({ uids, limit })).runs) found.push(run);
  }
  return found;
}

async function recorded(history: HistoryApi, ended: readonly Run[]): Promise<ReadonlySet<string>> {
  if (ended.length === 0) return new Set();
  const { runs } = await history.haveRuns({ runs: ended.map(({ uid, runId }) => ({ uid, runId })) });
  return new Set(runs.map(keyOf));
}

function merge(
  uids: readonly string[],
  summaries: readonly Summary[],
  runs: readonly Run[],
  unrecorded: readonly Run[],
): ReadonlyMap<string, JobHistory> {
  const summaryOf = new Map(summaries.map((summary) => [summary.uid, summary]));
  const runsOf = Map.groupBy(new Map(runs.map((run) => [keyOf(run), run])).values(), ({ uid }) => uid);
  const unrecordedOf = Map.groupBy(unrecorded, ({ uid }) => uid);
  return new Map(
    uids.map((uid) => {
      const added = (unrecordedOf.get(uid) ?? []).reduce(addRun, countsOf(summaryOf.get(uid)));
      return [uid, { ...added, runs: runsOf.get(uid) ?? [] }];
    }),
  );
}

type Counts = Omit<JobHistory, 'runs'>;

const countsOf = (summary: Summary | undefined): Counts => ({
  successCount: summary?.successCount ?? 0,
  failureCount: summary?.failureCount ?? 0,
  ...(summary?.lastSuccessAt === undefined ? {} : { lastSuccessAt: summary.lastSuccessAt }),
  ...(summary?.lastFailureAt === undefined ? {} : { lastFailureAt: summary.lastFailureAt }),
});

function addRun(counts: Counts, run: Run): Counts {
  const endedAt = run.endedAt ?? 0;
  return run.outcome === 'succeeded'
    ? {
        ...counts,
        successCount: counts.successCount + 1,
        lastSuccessAt: Math.max(counts.lastSuccessAt ?? 0, endedAt),
      }
    : {
        ...counts,
        failureCount: counts.failureCount + 1,
        lastFailureAt: Math.max(counts.lastFailureAt ?? 0, endedAt),
      };
}

const keyOf = ({ uid, runId }: RunKey) => `${uid}/${runId}`;

/** So many successes and as many failures: together with those of history there may be more. */
function newest(runs: readonly Run[], limit: number): Run[] {
  const taken = { succeeded: 0, failed: 0 };
  return runs
    .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
    .filter(({ outcome }) => taken[outcome === 'succeeded' ? 'succeeded' : 'failed']++ < limit);
}
