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
  const explained: ExplainedInstant[] = [];
  for (let from = 0; from < instants.length; from += AT_ONCE) {
    const some = instants.slice(from, from + AT_ONCE);
    explained.push(
      ...(await Promise.all(some.map(async (due) => ({ due, run: await runOf(backends, jobId, uid, due) })))),
    );
  }
  return moreFrom === undefined ? { instants: explained } : { instants: explained, moreFrom };
}

async function runOf(
  { framework, history }: Backends,
  jobId: string,
  uid: string,
  { runId }: DueInstant,
): Promise<ExplainedInstant['run']> {
  if (runId === undefined) return null;
  const request = { jobId, uid, runId };
  try {
    return await framework.getRun(request);
  } catch (error) {
    if (!isCarillonError(error, 'notFound')) throw error;
  }
  try {
    return await history.getEndedRun(request);
  } catch (error) {
    if (!isCarillonError(error, 'notFound')) throw error;
  }
  const { events } = await history.listEvents({ after: 0, limit: 100, jobId, runId });
  const skipped = events.find(({ type }) => type === 'carillon.RunSkipped');
  return skipped ? { status: 'skipped', reason: reasonIn(skipped.dataJson) } : null;
}

function reasonIn(json: string): string {
  const { reason } = JSON.parse(json) as { reason?: unknown };
  return typeof reason === 'string' ? reason : '';
}
