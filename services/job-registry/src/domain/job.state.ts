import type { JobSpec } from '@carillon/contracts';
import type { JobEvent } from './job.events.js';

export interface DefinedJob {
  readonly status: 'defined';
  readonly uid: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly definedAt: number;
  readonly spec: JobSpec;
}

/** One stream per job id: a removed job may be created again, as another job with another uid. */
export type JobState = { readonly status: 'none' } | DefinedJob | { readonly status: 'removed' };

export const initialJob = (): JobState => ({ status: 'none' });

export function evolveJob(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case 'JobDefined': {
      const { uid, revision, createdAt, definedAt, spec } = event.data;
      return { status: 'defined', uid, revision, createdAt, definedAt, spec };
    }
    case 'JobRemoved':
      return { status: 'removed' };
    default:
      return state;
  }
}
