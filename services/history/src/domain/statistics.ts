import type { PublicEvent } from '@carillon/contracts';
import { runKey } from './run-facts.js';

/** What is to be added to the statistics of a job. Instants are the latest ones, absent when there are none. */
export interface StatisticsChange {
  readonly uid: string;
  readonly jobId: string;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly missed: number;
  readonly lastSuccessAt?: number;
  readonly lastFailureAt?: number;
  readonly lastSkippedAt?: number;
  readonly lastMissedAt?: number;
}

type Counted = Omit<StatisticsChange, 'uid' | 'jobId'>;

/**
 * What these events add to each job's statistics. A run counts once, however often its end is told: `counted` holds
 * the keys of the runs that were counted before. Every outcome but success is a failure, as it is for Metronome.
 */
export function statisticsOf(
  events: readonly PublicEvent[],
  counted: ReadonlySet<string> = new Set(),
): StatisticsChange[] {
  const seen = new Set(counted);
  const jobs = new Map<string, StatisticsChange>();
  for (const event of events) {
    if (event.type === 'RunEnded' || event.type === 'RunSkipped') {
      const key = runKey(event.data);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    const change = countOf(event);
    if (!change) continue;
    const { uid, jobId } = event.data;
    jobs.set(uid, add(jobs.get(uid) ?? { uid, jobId, ...NOTHING }, change));
  }
  return [...jobs.values()];
}

const NOTHING: Counted = { successes: 0, failures: 0, skipped: 0, missed: 0 };

function countOf(event: PublicEvent): Counted | undefined {
  switch (event.type) {
    case 'RunEnded': {
      const { outcome, endedAt } = event.data;
      return outcome === 'succeeded'
        ? { ...NOTHING, successes: 1, lastSuccessAt: endedAt }
        : { ...NOTHING, failures: 1, lastFailureAt: endedAt };
    }
    case 'RunSkipped':
      return { ...NOTHING, skipped: 1, lastSkippedAt: event.data.skippedAt };
    case 'DueInstantsMissed':
      return { ...NOTHING, missed: event.data.count, lastMissedAt: event.data.lastDueAt };
    case 'AttemptEnded':
    case 'AttemptLaunched':
    case 'AttemptStarted':
    case 'JobDefined':
    case 'JobPaused':
    case 'JobResumed':
    case 'JobRemoved':
    case 'WorkflowRunStarted':
    case 'WorkflowRunEnded':
    case 'RunDue':
    case 'RunQueued':
    case 'RunStopRequested':
      return undefined;
  }
}

const add = (a: StatisticsChange, b: Counted): StatisticsChange => ({
  uid: a.uid,
  jobId: a.jobId,
  successes: a.successes + b.successes,
  failures: a.failures + b.failures,
  skipped: a.skipped + b.skipped,
  missed: a.missed + b.missed,
  ...latest('lastSuccessAt', a, b),
  ...latest('lastFailureAt', a, b),
  ...latest('lastSkippedAt', a, b),
  ...latest('lastMissedAt', a, b),
});

type Last = 'lastSuccessAt' | 'lastFailureAt' | 'lastSkippedAt' | 'lastMissedAt';

function latest(name: Last, a: Counted, b: Counted): Partial<Counted> {
  const instant = Math.max(a[name] ?? -Infinity, b[name] ?? -Infinity);
  return Number.isFinite(instant) ? { [name]: instant } : {};
}
