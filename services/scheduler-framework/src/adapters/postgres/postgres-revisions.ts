import type { Job } from '@carillon/contracts';
import { type Database, integerArray, jsonLines, prepared, textArray } from '@carillon/event-store';
import type { RevisionRef, StoredRevisions } from '../../application/revisions.js';

const FIND = prepared(
  'SELECT job FROM revisions WHERE (uid, revision) IN (SELECT * FROM unnest($1::text[], $2::int[]))',
);
const KEEP = prepared(
  `INSERT INTO revisions (uid, revision, job)
   SELECT * FROM unnest($1::text[], $2::int[], string_to_array($3::text, E'\\n')::jsonb[])
   ON CONFLICT DO NOTHING`,
);

export class PostgresRevisions implements StoredRevisions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(refs: readonly RevisionRef[]): Promise<Job[]> {
    const rows = await this.#database.query<{ job: Job }>(FIND, columnsOf(refs));
    return rows.map(({ job }) => job);
  }

  async keep(jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    await this.#database.query(KEEP, [...columnsOf(jobs), jsonLines(jobs)]);
  }

  async forget(uids: readonly string[]): Promise<void> {
    await this.#database.query('DELETE FROM revisions WHERE uid = ANY ($1)', [uids]);
  }
}

const columnsOf = (refs: readonly Omit<RevisionRef, 'jobId'>[]) => [
  textArray(refs.map(({ uid }) => uid)),
  integerArray(refs.map(({ revision }) => revision)),
];
