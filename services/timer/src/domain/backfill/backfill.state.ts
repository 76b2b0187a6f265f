import type { Rule } from '../armed-schedule.js';
import type { BackfillEvent, BackfillStarted } from './backfill.events.js';

/** The runs of a past range, made on demand: stream `backfill-<uid>.<backfill id>`. */
export type BackfillState = { readonly status: 'none' } | StartedBackfill;

export interface StartedBackfill extends Readonly<BackfillStarted['data']> {
  readonly status: 'underway' | 'ended';
  readonly rule: Rule;
  /** Every due instant up to and including this one has been triggered. */
  readonly decidedUpTo: number;
  readonly triggered: number;
  /** Ids of runs that have not ended. */
  readonly active: readonly string[];
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelledAt?: number;
  readonly endedAt?: number;
}

export const noBackfill: BackfillState = { status: 'none' };

export function evolveBackfill(state: BackfillState, event: BackfillEvent): BackfillState {
  if (event.type === 'BackfillStarted') {
    const none = { triggered: 0, active: [], succeeded: 0, failed: 0, skipped: 0 };
    return { status: 'underway', ...event.data, decidedUpTo: event.data.from - 1, ...none };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'RunDue': {
      const { runId, dueAt } = event.data;
      const { triggered, active } = state;
      return { ...state, decidedUpTo: dueAt, triggered: triggered + 1, active: [...active, runId] };
    }
    case 'BackfillRunEnded': {
      const { runId, outcome } = event.data;
      const count = outcome === 'succeeded' || outcome === 'skipped' ? outcome : 'failed';
      return { ...state, [count]: state[count] + 1, active: state.active.filter((id) => id !== runId) };
    }
    case 'BackfillCancelled':
      return { ...state, cancelledAt: event.data.at };
    case 'BackfillEnded':
      return { ...state, status: 'ended', endedAt: event.data.at };
    default:
      return state; // an event of a later version
  }
}
