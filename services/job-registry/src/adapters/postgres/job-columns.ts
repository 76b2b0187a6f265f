import type { StateColumn } from '@carillon/event-store';
import type { JobState } from '../../domain/job.state.js';

/** What jobs are found by, of those in force only: that of a job which was removed is NULL. */
export const jobColumns: readonly StateColumn<JobState>[] = [
  {
    name: 'search',
    type: 'text',
    of: (job) => {
      if (job.status !== 'defined') return null;
      const { id, description = '', labels } = job.spec;
      return `${id}\n${description}\n${JSON.stringify(labels)}`.toLowerCase();
    },
  },
  {
    name: 'labels',
    type: 'jsonb',
    of: (job) => (job.status === 'defined' ? JSON.stringify(job.spec.labels) : null),
  },
  {
    name: 'parents',
    type: 'jsonb',
    of: (job) => {
      const parents = job.status === 'defined' ? job.spec.dependencies.map(({ id }) => id) : [];
      return parents.length > 0 ? JSON.stringify(parents) : null;
    },
  },
];

/** Of the streams of jobs: those in force. */
export const IN_FORCE = 'search IS NOT NULL';
