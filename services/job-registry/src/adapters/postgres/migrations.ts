import type { Migration } from '@carillon/event-store';

export const jobRegistryMigrations: readonly Migration[] = [
  {
    name: '001-jobs',
    up: `
      CREATE TABLE job_revisions (
        uid text COLLATE "C" NOT NULL,
        revision int NOT NULL,
        job_id text COLLATE "C" NOT NULL,
        created_at bigint NOT NULL,
        defined_at bigint NOT NULL,
        spec json NOT NULL,
        PRIMARY KEY (uid, revision)
      );
      CREATE TABLE jobs (
        job_id text COLLATE "C" PRIMARY KEY,
        uid text COLLATE "C" NOT NULL,
        revision int NOT NULL
      );
    `,
  },
  {
    // What the tables said is in streams and events as well. The index lets a page pass over jobs that were removed; its
    // condition is one that the planner takes for common, so that it does not sort all jobs for a page.
    name: '002-jobs-in-force',
    up: `
      DROP TABLE jobs, job_revisions;
      CREATE INDEX jobs_in_force ON streams (stream) WHERE state->>'status' <> 'removed';
    `,
  },
];
