import type { KeptVolume } from '../volumes/persistent-volume.js';

/** What admission needs to know about the runs of one uid. Bounded: it is written with every admission. */
export interface JobRunsState {
  readonly closed: boolean;
  /** Admitted and not ended. */
  readonly active: readonly string[];
  /** The run ids decided on last, admitted or skipped, newest last. */
  readonly recent: readonly string[];
  /** The idempotency keys seen last, oldest first, with the run that each one made; who starts runs knows those of a day. */
  readonly keys: readonly { readonly key: string; readonly runId: string }[];
  /** At most one for each container path. */
  readonly volumes?: readonly (KeptVolume & { readonly revision: number })[];
  /** What runs of that revision and of those before it may leave behind. */
  readonly volumesLimit?: { readonly revision: number; readonly containerPaths: readonly string[] };
}

export const RECENT_RUNS = 24;
export const RECENT_KEYS = 32;
/** How many runs of a job may wait for others of it. */
export const DEFAULT_QUEUE_LIMIT = 10;

export const initialJobRuns: JobRunsState = { closed: false, active: [], recent: [], keys: [] };

/** The run that this idempotency key made, if it is one of the last. */
export const runOfKey = (state: JobRunsState, key: string): string | undefined =>
  state.keys.find((entry) => entry.key === key)?.runId;
