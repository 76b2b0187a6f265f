import type { Job, JobFilter, JobRevision } from '@carillon/contracts';
import { prepared, type Queries } from '@carillon/event-store';
import type { JobBook } from '../../application/job-book.js';
import { streamOf } from '../../application/streams.js';
import { inForce, revisionOf } from '../../domain/job.state.js';
import { IN_FORCE } from './job-columns.js';
import { searchOf } from './job-search.js';

const LIST = prepared(
  `SELECT state AS job FROM streams WHERE ${IN_FORCE} AND stream > $1 ORDER BY stream LIMIT $2`,
);
/** From the newest back: what is asked for is seldom old. */
const REVISION = prepared(
  `SELECT data AS job FROM events
   WHERE stream = $1 AND type = 'JobDefined' AND data->>'uid' = $2
     AND ($3::int IS NULL OR (data->>'revision')::int = $3)
   ORDER BY version DESC LIMIT 1`,
);
const REVISIONS = prepared(
  `SELECT data AS job, data->>'change' AS change FROM events
   WHERE stream = $1 AND type = 'JobDefined' AND data->>'uid' = $2
     AND ($3::int IS NULL OR (data->>'revision')::int < $3)
   ORDER BY version DESC LIMIT $4`,
);
const FIND = prepared(
  `SELECT state AS job FROM streams WHERE ${IN_FORCE} AND stream = ANY($1::text[]) ORDER BY stream`,
);
const LABELLED = prepared(
  `SELECT state->'spec'->>'id' AS id FROM streams
   WHERE ${IN_FORCE} AND stream = ANY($1::text[]) AND labels @> $2::jsonb`,
);
const COUNT = prepared(`SELECT count(*)::int AS jobs FROM streams WHERE ${IN_FORCE}`);
interface Row {
  readonly job: Job;
}

export class PostgresJobBook implements JobBook {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async list(after: string | undefined, limit: number, filter?: JobFilter): Promise<Job[]> {
    const from = streamOf(after ?? '');
    const [sql, values] = filter ? searchOf(filter, from, limit) : [LIST, [from, limit]];
    return (await this.#database.query<Row>(sql, values)).map(({ job }) => inForce(job));
  }

  async find(ids: readonly string[], within: Queries = this.#database): Promise<Job[]> {
    const rows = await within.query<Row>(FIND, [ids.map(streamOf)]);
    return rows.map(({ job }) => inForce(job));
  }

  async labelled(ids: readonly string[], labels: Readonly<Record<string, string>>): Promise<string[]> {
    const parameters = [ids.map(streamOf), JSON.stringify(labels)];
    return (await this.#database.query<{ id: string }>(LABELLED, parameters)).map(({ id }) => id);
  }

  async count(): Promise<number> {
    const [row] = await this.#database.query<{ jobs: number }>(COUNT);
    return row?.jobs ?? 0;
  }

  async revision(jobId: string, uid: string, revision?: number): Promise<Job | undefined> {
    const [row] = await this.#database.query<Row>(REVISION, [streamOf(jobId), uid, revision]);
    return row && revisionOf(row.job);
  }

  async revisions(
    jobId: string,
    uid: string,
    before: number | undefined,
    limit: number,
  ): Promise<JobRevision[]> {
    const parameters = [streamOf(jobId), uid, before, limit];
    const rows = await this.#database.query<Row & { change: string }>(REVISIONS, parameters);
    return rows.map(({ job, change }) => ({ job: revisionOf(job), change }));
  }
}
