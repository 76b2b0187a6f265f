import type { Job } from '@carillon/contracts';
import type { JobEvent } from './job.events.js';

export interface DefinedJob extends Readonly<Job> {
  readonly status: 'defined';
}

/** One stream per job id: a removed job may be created again, as another job with another uid. */
export type JobState = { readonly status: 'none' } | DefinedJob | { readonly status: 'removed' };

export const initialJob = (): JobState => ({ status: 'none' });

export function evolveJob(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case 'JobDefined':
      return { status: 'defined', ...revisionOf(event.data) };
    case 'JobRemoved':
      return { status: 'removed' };
    default:
      return state;
  }
}

/** The revision alone, as others know it. */
export const revisionOf = ({ uid, revision, createdAt, definedAt, spec }: Readonly<Job>): Job => ({
  uid,
  revision,
  createdAt,
  definedAt,
  spec,
});
