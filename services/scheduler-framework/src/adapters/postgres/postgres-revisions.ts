import type { Job } from '@carillon/contracts';
import { type Database, prepared } from '@carillon/event-store';
import type { RevisionRef, StoredRevisions } from '../../application/revisions.js';

const FIND = prepared(
  'SELECT job FROM revisions WHERE (uid, revision) IN (SELECT * FROM unnest($1::text[], $2::int[]))',
);
const KEEP = prepared(
  `INSERT INTO revisions (uid, revision, job)
   SELECT * FROM unnest($1::text[], $2::int[], $3::jsonb[]) ON CONFLICT DO NOTHING`,
);

export class PostgresRevisions implements StoredRevisions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(refs: readonly RevisionRef[]): Promise<Job[]> {
    const rows = await this.#database.query<{ job: Job }>(FIND, [
      refs.map(({ uid }) => uid),
      refs.map(({ revision }) => revision),
    ]);
    return rows.map(({ job }) => job);
  }

  async keep(jobs: readonly Job[]): Promise<void> {
    await this.#database.query(KEEP, [
      jobs.map(({ uid }) => uid),
      jobs.map(({ revision }) => revision),
      jobs.map((job) => JSON.stringify(job)),
    ]);
  }

  async forget(uids: readonly string[]): Promise<void> {
    await this.#database.query('DELETE FROM revisions WHERE uid = ANY ($1)', [uids]);
  }
}
