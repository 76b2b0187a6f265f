import type { ConnectedJob } from '@carillon/contracts';
import { type Database, prepared, type Queries } from '@carillon/event-store';
import type { DependencyBook } from '../../application/dependencies.js';
import { streamOf } from '../../application/streams.js';
import { IN_FORCE } from './job-columns.js';

const COLUMNS = `substr(stream, ${streamOf('').length + 1}) AS job_id, state->>'uid' AS uid,
  (state->>'revision')::int AS revision, coalesce(parents, '[]') AS parents`;

/** Nobody may come to depend on a job whose removal is under way. */
const NOT_LEAVING = `coalesce((state->'removal'->>'until')::bigint, 0) <
  floor(extract(epoch FROM clock_timestamp()) * 1000)`;

const JOBS = prepared(
  `SELECT ${COLUMNS} FROM streams
   WHERE stream = ANY($1::text[]) AND ${IN_FORCE} AND ${NOT_LEAVING}`,
);
const CHILDREN = prepared(`SELECT ${COLUMNS} FROM streams WHERE parents ?| $1::text[]`);
const LOCK = prepared(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '/dependencies', 0))`);

interface Row {
  readonly job_id: string;
  readonly uid: string;
  readonly revision: number;
  readonly parents: readonly string[];
}

/** The streams of the jobs themselves, so there is nothing to keep in step. */
export class PostgresDependencyBook implements DependencyBook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async jobs(from: Queries, ids: readonly string[]): Promise<ConnectedJob[]> {
    return (await from.query<Row>(JOBS, [ids.map(streamOf)])).map(toJob);
  }

  async childrenOf(from: Queries, ids: readonly string[]): Promise<ConnectedJob[]> {
    return (await from.query<Row>(CHILDREN, [ids])).map(toJob);
  }

  alone<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (tx) => {
      await tx.query(LOCK);
      return work(tx);
    });
  }
}

const toJob = ({ job_id, uid, revision, parents }: Row): ConnectedJob => ({
  jobId: job_id,
  uid,
  revision,
  parents,
});
