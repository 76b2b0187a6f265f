import type { PublicEvent, RunOutcome, Trigger } from '@carillon/contracts';

/**
 * What is known of a run, from some of its events. Each fact comes from one event type only, so facts can be merged in
 * any order: topics arrive independently of each other.
 */
export interface RunFacts {
  readonly uid: string;
  readonly runId: string;
  readonly jobId: string;
  readonly revision?: number;
  readonly trigger?: Trigger;
  readonly scheduleId?: string;
  readonly dueAt?: number;
  readonly startDeadlineAt?: number;
  readonly decidedAt?: number;
  readonly queuedAt?: number;
  readonly skippedAt?: number;
  readonly skipReason?: string;
  /** Of the first attempt. */
  readonly launchedAt?: number;
  readonly startedAt?: number;
  readonly stopRequestedAt?: number;
  readonly outcome?: RunOutcome;
  readonly endedAt?: number;
  readonly reason?: string;
  readonly exitCode?: number;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
}

export const runKey = ({ uid, runId }: { readonly uid: string; readonly runId: string }) => `${uid} ${runId}`;

/** What these events say of each run, one entry per run. */
export function runFactsOf(events: readonly PublicEvent[]): RunFacts[] {
  const runs = new Map<string, RunFacts>();
  for (const event of events) {
    const facts = factsOf(event);
    if (!facts) continue;
    const key = runKey(facts);
    const known = runs.get(key);
    runs.set(key, known ? merge(known, facts) : facts);
  }
  return [...runs.values()];
}

const merge = (known: RunFacts, facts: RunFacts): RunFacts => ({
  ...known,
  ...facts,
  ...earliest('launchedAt', known, facts),
  ...earliest('startedAt', known, facts),
});

function earliest(fact: 'launchedAt' | 'startedAt', a: RunFacts, b: RunFacts): Partial<RunFacts> {
  const instant = Math.min(a[fact] ?? Infinity, b[fact] ?? Infinity);
  return Number.isFinite(instant) ? { [fact]: instant } : {};
}

function factsOf(event: PublicEvent): RunFacts | undefined {
  switch (event.type) {
    case 'RunDue':
      return event.data;
    case 'RunQueued':
      return event.data;
    case 'RunSkipped': {
      const { reason, ...data } = event.data;
      return { ...data, skipReason: reason };
    }
    case 'AttemptLaunched':
      return { ...identity(event.data), launchedAt: event.data.launchedAt };
    case 'AttemptStarted':
      return { ...identity(event.data), startedAt: event.data.startedAt };
    case 'RunStopRequested':
      return { ...identity(event.data), stopRequestedAt: event.data.requestedAt };
    case 'RunEnded':
      return event.data;
    case 'AttemptEnded':
    case 'DueInstantsMissed':
    case 'JobDefined':
    case 'JobPaused':
    case 'JobResumed':
    case 'JobRemoved':
    case 'WorkflowRunStarted':
    case 'WorkflowRunEnded':
      return undefined;
  }
}

const identity = ({ uid, runId, jobId }: { uid: string; runId: string; jobId: string }) => ({
  uid,
  runId,
  jobId,
});
