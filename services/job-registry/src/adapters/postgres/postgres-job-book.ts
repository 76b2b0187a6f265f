import type { Job, JobSpec } from '@carillon/contracts';
import { prepared, type Queries, type Transaction } from '@carillon/event-store';
import type { JobBook } from '../../application/job-book.js';
import type { JobEvent } from '../../domain/job.events.js';

interface JobRow {
  uid: string;
  revision: number;
  created_at: number;
  defined_at: number;
  spec: JobSpec;
}

const COLUMNS =
  'r.uid, r.revision, r.created_at::float8 AS created_at, r.defined_at::float8 AS defined_at, r.spec';
const IN_FORCE = `SELECT ${COLUMNS} FROM jobs j JOIN job_revisions r USING (uid, revision)`;

const FIND = prepared(`${IN_FORCE} WHERE j.job_id = $1`);
const LIST = prepared(`${IN_FORCE} WHERE j.job_id > $1 ORDER BY j.job_id LIMIT $2`);
const REVISION = prepared(`SELECT ${COLUMNS} FROM job_revisions r WHERE uid = $1 AND revision = $2`);
const LATEST = prepared(
  `SELECT ${COLUMNS} FROM job_revisions r WHERE uid = $1 ORDER BY revision DESC LIMIT 1`,
);
const DEFINE = prepared(
  `WITH revision AS (
     INSERT INTO job_revisions (uid, revision, job_id, created_at, defined_at, spec)
     VALUES ($1, $2, $3, $4, $5, $6)
   )
   INSERT INTO jobs (uid, revision, job_id) VALUES ($1, $2, $3)
   ON CONFLICT (job_id) DO UPDATE SET uid = excluded.uid, revision = excluded.revision`,
);
const REMOVE = prepared('DELETE FROM jobs WHERE job_id = $1 AND uid = $2');

export class PostgresJobBook implements JobBook {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async find(jobId: string): Promise<Job | undefined> {
    const [row] = await this.#database.query<JobRow>(FIND, [jobId]);
    return row && toJob(row);
  }

  async list(after: string | undefined, limit: number): Promise<Job[]> {
    return (await this.#database.query<JobRow>(LIST, [after ?? '', limit])).map(toJob);
  }

  async revision(uid: string, revision: number): Promise<Job | undefined> {
    const [row] = await this.#database.query<JobRow>(REVISION, [uid, revision]);
    return row && toJob(row);
  }

  async latestRevision(uid: string): Promise<Job | undefined> {
    const [row] = await this.#database.query<JobRow>(LATEST, [uid]);
    return row && toJob(row);
  }

  async record(tx: Transaction, jobId: string, event: JobEvent): Promise<void> {
    if (event.type === 'JobRemoved') {
      await tx.query(REMOVE, [jobId, event.data.uid]);
      return;
    }
    const { uid, revision, createdAt, definedAt, spec } = event.data;
    await tx.query(DEFINE, [uid, revision, jobId, createdAt, definedAt, JSON.stringify(spec)]);
  }
}

const toJob = ({ uid, revision, created_at: createdAt, defined_at: definedAt, spec }: JobRow): Job => ({
  uid,
  revision,
  createdAt,
  definedAt,
  spec,
});
