import type { Migration } from '@carillon/event-store';

/**
 * Read models, written in the transactions that append the events: `job_revisions` holds every revision for ever, for
 * whoever runs an older one; `jobs` those in force. Ids sort by byte, so that pages follow each other.
 */
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
];
