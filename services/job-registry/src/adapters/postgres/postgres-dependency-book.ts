import type { ConnectedJob, Dependency } from '@carillon/contracts';
import { type Database, prepared, type Queries } from '@carillon/event-store';
import type { DependencyBook } from '../../application/dependencies.js';
import { streamOf } from '../../application/streams.js';

const COLUMNS = `substr(stream, ${streamOf('').length + 1}) AS job_id, state->>'uid' AS uid,
  (state->>'revision')::int AS revision, state->'spec'->'dependencies' AS dependencies`;

/** Indexed by this very expression, of the few jobs that have any. */
const PARENTS = `jsonb_path_query_array((state->'spec'->>'dependencies')::jsonb, '$[*].id')`;
const HAS_PARENTS = `json_array_length(state->'spec'->'dependencies') > 0`;

export const INDEX_BY_PARENT = `
  CREATE INDEX jobs_by_parent ON streams USING gin ((${PARENTS})) WHERE ${HAS_PARENTS}`;

/** Nobody may come to depend on a job whose removal is under way. */
const NOT_LEAVING = `coalesce((state->'removal'->>'until')::bigint, 0) <
  floor(extract(epoch FROM clock_timestamp()) * 1000)`;

const JOBS = prepared(
  `SELECT ${COLUMNS} FROM streams
   WHERE stream = ANY($1::text[]) AND state->>'status' = 'defined' AND ${NOT_LEAVING}`,
);
const CHILDREN = prepared(`SELECT ${COLUMNS} FROM streams WHERE ${HAS_PARENTS} AND ${PARENTS} ?| $1::text[]`);
const LOCK = prepared(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '/dependencies', 0))`);

interface Row {
  readonly job_id: string;
  readonly uid: string;
  readonly revision: number;
  readonly dependencies: readonly Dependency[];
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

const toJob = ({ job_id, uid, revision, dependencies }: Row): ConnectedJob => ({
  jobId: job_id,
  uid,
  revision,
  parents: dependencies.map(({ id }) => id),
});
