import type { Job } from '@carillon/contracts';
import { prepared, type Queries } from '@carillon/event-store';
import type { JobBook } from '../../application/job-book.js';
import { streamOf } from '../../application/streams.js';
import { revisionOf } from '../../domain/job.state.js';

const LIST = prepared(
  `SELECT state AS job FROM streams
   WHERE state->>'status' <> 'removed' AND stream > $1 ORDER BY stream LIMIT $2`,
);
/** From the newest back: what is asked for is seldom old. */
const REVISION = prepared(
  `SELECT data AS job FROM events
   WHERE stream = $1 AND type = 'JobDefined' AND data->>'uid' = $2
     AND ($3::int IS NULL OR (data->>'revision')::int = $3)
   ORDER BY version DESC LIMIT 1`,
);

interface Row {
  readonly job: Job;
}

export class PostgresJobBook implements JobBook {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async list(after: string | undefined, limit: number): Promise<Job[]> {
    const rows = await this.#database.query<Row>(LIST, [streamOf(after ?? ''), limit]);
    return rows.map(({ job }) => revisionOf(job));
  }

  async revision(jobId: string, uid: string, revision?: number): Promise<Job | undefined> {
    const [row] = await this.#database.query<Row>(REVISION, [streamOf(jobId), uid, revision]);
    return row && revisionOf(row.job);
  }
}
