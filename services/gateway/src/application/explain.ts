import type { DueInstant, Run } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import type { Backends } from './backends.js';

export interface ExplainedInstant {
  readonly due: DueInstant;
  /** What became of its run; null where there is none, or nothing is known of it (any more). */
  readonly run:
    | Pick<Run, 'status' | 'outcome' | 'reason'>
    | { status: 'skipped'; outcome?: undefined; reason: string }
    | null;
}

const AT_ONCE = 16;

/** What the timer decided of each due instant, and what became of those that were to run. */
export async function explain(
  backends: Backends,
  jobId: string,
  range: { from: number; to: number; limit: number },
): Promise<{ instants: ExplainedInstant[]; moreFrom?: number }> {
  const { uid } = await backends.registry.getJob({ jobId });
  const { instants, moreFrom } = await backends.timer.explainDueInstants({ jobId, uid, ...range });
  const runs: (Run | undefined)[] = [];
  for (let from = 0; from < instants.length; from += AT_ONCE) {
    const some = instants.slice(from, from + AT_ONCE);
    runs.push(...(await Promise.all(some.map(({ runId }) => runOf(backends, { jobId, uid, runId })))));
  }
  const others = instants.flatMap(({ runId }, at) =>
    runId === undefined || runs[at] ? [] : [{ uid, runId }],
  );
  const { skips } = others.length > 0 ? await backends.history.getSkips({ runs: others }) : { skips: [] };
  const skipOf = new Map(skips.map(({ runId, reason }) => [runId, { status: 'skipped', reason } as const]));
  const explained = instants.map((due, at) => ({
    due,
    run: runs[at] ?? skipOf.get(due.runId ?? '') ?? null,
  }));
  return moreFrom === undefined ? { instants: explained } : { instants: explained, moreFrom };
}

/** Active or ended; undefined where there is none. */
async function runOf(
  { framework, history }: Backends,
  { runId, ...job }: { jobId: string; uid: string; runId: string | undefined },
): Promise<Run | undefined> {
  if (runId === undefined) return undefined;
  const request = { ...job, runId };
  const unlessUnknown = (error: unknown) => {
    if (!isCarillonError(error, 'notFound')) throw error;
    return undefined;
  };
  return (
    (await framework.getRun(request).catch(unlessUnknown)) ??
    (await history.getEndedRun(request).catch(unlessUnknown))
  );
}
