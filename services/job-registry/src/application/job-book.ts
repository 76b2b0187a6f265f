import type { Job } from '@carillon/contracts';

/** Jobs beyond the one at hand. The streams and their events themselves, so there is nothing to keep in step. */
export interface JobBook {
  /** In force, by id, ascending, those after `after`. */
  list(after: string | undefined, limit: number): Promise<Job[]>;
  /** A revision of that uid, also of a job that was removed; the latest unless told. */
  revision(jobId: string, uid: string, revision?: number): Promise<Job | undefined>;
}
