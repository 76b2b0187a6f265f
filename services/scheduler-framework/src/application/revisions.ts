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
 * Held in memory, in characters of JSON: some 20,000 plain jobs, which take twice as much. More jobs than
 * that, due in turn, are read and parsed each time.
 */
const HELD_CHARACTERS = 12 * 1024 * 1024;

interface Held {
  readonly job: Job;
  readonly characters: number;
}

/**
 * The revisions of jobs: immutable, so each is fetched from the registry once, kept in a table for all instances, and
 * the latest used in memory.
 */
export class Revisions {
  readonly #stored: StoredRevisions;
  readonly #registry: Pick<JobRegistryApi, 'getRevisions'>;
  readonly #most: number;
  /** Those longest unused first. */
  readonly #held = new Map<string, Held>();
  #characters = 0;

  constructor(
    stored: StoredRevisions,
    registry: Pick<JobRegistryApi, 'getRevisions'>,
    heldCharacters = HELD_CHARACTERS,
  ) {
    this.#stored = stored;
    this.#registry = registry;
    this.#most = heldCharacters;
  }

  /** Those of them that exist, by `revisionKey`. Throws unavailable when one is needed from a registry that is away. */
  async load(refs: Iterable<RevisionRef>): Promise<ReadonlyMap<string, Job>> {
    const found = new Map<string, Job>();
    const missing = new Map<string, RevisionRef>();
    for (const ref of refs) {
      const key = revisionKey(ref);
      const job = this.#use(key);
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
    for (const [key, { job }] of this.#held) if (gone.has(job.uid)) this.#drop(key);
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

  #use(key: string): Job | undefined {
    const held = this.#held.get(key);
    if (!held) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.job;
  }

  #remember(job: Job): Job {
    const key = revisionKey(job);
    this.#drop(key);
    const characters = JSON.stringify(job).length;
    this.#held.set(key, { job, characters });
    this.#characters += characters;
    for (const longestUnused of this.#held.keys()) {
      if (this.#characters <= this.#most) break;
      this.#drop(longestUnused);
    }
    return job;
  }

  #drop(key: string): void {
    this.#characters -= this.#held.get(key)?.characters ?? 0;
    this.#held.delete(key);
  }
}

export const revisionKey = ({ uid, revision }: { uid: string; revision: number }): string =>
  `${uid}@${revision}`;
