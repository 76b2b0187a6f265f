import type { Job } from '@carillon/contracts';
import type { JobEvent } from './job.events.js';

export interface DefinedJob extends Readonly<Job> {
  readonly status: 'defined';
  /** Somebody is removing it, and has until then. */
  removal?: { readonly until: number };
  /** When it was paused or resumed last; nothing of the kind comes before it, whatever the clock says. */
  readonly pausesChangedAt?: number;
}

/** One stream per job id: a removed job may be created again, as another job with another uid. */
export type JobState = { readonly status: 'none' } | DefinedJob | { readonly status: 'removed' };

export const initialJob = (): JobState => ({ status: 'none' });

export function evolveJob(state: JobState, event: JobEvent): JobState {
  if (event.type === 'JobDefined') {
    const before: Partial<DefinedJob> = state.status === 'defined' ? state : {};
    const { pause, pausesChangedAt } = before;
    return {
      ...{ status: 'defined', ...revisionOf(event.data) },
      ...(pause === undefined ? {} : { pause }),
      ...(pausesChangedAt === undefined ? {} : { pausesChangedAt }),
    };
  }
  if (event.type === 'JobRemoved') return { status: 'removed' };
  if (state.status !== 'defined') return state;
  switch (event.type) {
    case 'JobPaused': {
      const { pausedAt, until, reason } = event.data;
      const more = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
      return { ...state, pause: { pausedAt, ...more }, pausesChangedAt: pausedAt };
    }
    case 'JobResumed':
      return { ...resumed(state), pausesChangedAt: event.data.resumedAt };
    case 'RemovalPrepared':
      return { ...state, removal: { until: event.data.until } };
    case 'RemovalCancelled':
      return kept(state);
    default:
      return state;
  }
}

function resumed(job: DefinedJob): DefinedJob {
  const rest = { ...job };
  delete rest.pause;
  return rest;
}

function kept(job: DefinedJob): DefinedJob {
  const rest = { ...job };
  delete rest.removal;
  return rest;
}

/** The revision alone, as others know it. */
export const revisionOf = ({ uid, revision, createdAt, definedAt, spec }: Readonly<Job>): Job => ({
  uid,
  revision,
  createdAt,
  definedAt,
  spec,
});

/** The job in force: its newest revision, and whether it is paused. */
export const inForce = (job: Readonly<Job>): Job => ({
  ...revisionOf(job),
  ...(job.pause ? { pause: job.pause } : {}),
});
