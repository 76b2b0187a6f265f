import type { Job, JobRegistryApi } from '@carillon/contracts';
import { retrying } from '@carillon/service-runtime';

export interface RevisionRef {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
}

export interface StoredRevisions {
  find(refs: readonly RevisionRef[]): Promise<Job[]>;
  keep(jobs: readonly Job[]): Promise<void>;
  forget(uids: readonly string[]): Promise<void>;
}

const FETCHED_AT_ONCE = 500;
const FETCH_ATTEMPTS = 3;

/**
 * The revisions of jobs: immutable, so each is fetched from the registry once, kept in a table for all instances, and
 * the latest used in memory.
 */
export class Revisions {
  readonly #stored: StoredRevisions;
  readonly #registry: Pick<JobRegistryApi, 'getRevisions'>;
  readonly #capacity: number;
  readonly #cached = new Map<string, Job>();

  constructor(stored: StoredRevisions, registry: Pick<JobRegistryApi, 'getRevisions'>, capacity = 5_000) {
    this.#stored = stored;
    this.#registry = registry;
    this.#capacity = capacity;
  }

  /** Those of them that exist, by `revisionKey`. Throws unavailable when one is needed from a registry that is away. */
  async load(refs: Iterable<RevisionRef>): Promise<ReadonlyMap<string, Job>> {
    const found = new Map<string, Job>();
    const missing = new Map<string, RevisionRef>();
    for (const ref of refs) {
      const key = revisionKey(ref);
      const job = this.#cached.get(key);
      if (job) found.set(key, job);
      else missing.set(key, ref);
    }
    if (missing.size > 0) {
      for (const job of await this.#stored.find([...missing.values()])) {
        missing.delete(revisionKey(job));
        found.set(revisionKey(job), this.#remember(job));
      }
    }
    if (missing.size > 0) {
      const fetched = await this.#fetch([...missing.values()]);
      await this.#stored.keep(fetched);
      for (const job of fetched) found.set(revisionKey(job), this.#remember(job));
    }
    return found;
  }

  async forget(uids: readonly string[]): Promise<void> {
    await this.#stored.forget(uids);
    const gone = new Set(uids);
    for (const [key, { uid }] of this.#cached) if (gone.has(uid)) this.#cached.delete(key);
  }

  async #fetch(refs: readonly RevisionRef[]): Promise<Job[]> {
    const jobs: Job[] = [];
    for (let from = 0; from < refs.length; from += FETCHED_AT_ONCE) {
      const revisions = refs
        .slice(from, from + FETCHED_AT_ONCE)
        .map(({ jobId, uid, revision }) => ({ jobId, uid, revision }));
      const some = await retrying({ attempts: FETCH_ATTEMPTS, maxMs: 200 }, () =>
        this.#registry.getRevisions({ revisions }),
      );
      jobs.push(...some.jobs);
    }
    return jobs;
  }

  #remember(job: Job): Job {
    const key = revisionKey(job);
    this.#cached.delete(key);
    this.#cached.set(key, job);
    if (this.#cached.size > this.#capacity) {
      const oldest = this.#cached.keys().next().value;
      if (oldest !== undefined) this.#cached.delete(oldest);
    }
    return job;
  }
}

export const revisionKey = ({ uid, revision }: { uid: string; revision: number }): string =>
  `${uid}@${revision}`;
