import type { Job, JobFilter, JobRevision } from '@carillon/contracts';
import type { Queries } from '@carillon/event-store';

/** Jobs beyond the one at hand. The streams and their events themselves, so there is nothing to keep in step. */
export interface JobBook {
  /** In force, by id, ascending, those after `after`. */
  list(after: string | undefined, limit: number, filter?: JobFilter): Promise<Job[]>;
  /** Those in force among the ids. */
  find(ids: readonly string[], within?: Queries): Promise<Job[]>;
  /** Those of the ids whose jobs in force have all of these labels. */
  labelled(ids: readonly string[], labels: Readonly<Record<string, string>>): Promise<string[]>;
  count(): Promise<number>;
  /** A revision of that uid, also of a job that was removed; the latest unless told. */
  revision(jobId: string, uid: string, revision?: number): Promise<Job | undefined>;
  /** Of that uid, newest first, those before `before`. */
  revisions(jobId: string, uid: string, before: number | undefined, limit: number): Promise<JobRevision[]>;
}
