import type { Job } from '@carillon/contracts';
import type { Logger } from '@carillon/service-runtime';
import type { JobQueue, WaitingRun } from '../../domain/offers/match-offers.js';
import { NeedCounts } from '../../domain/offers/need-counts.js';
import { type PlacementNeed, placementNeed, withVolumes } from '../../domain/offers/placement-need.js';
import { WithinReach } from '../../domain/offers/within-reach.js';
import { blockerOf } from '../../domain/run/overlap.js';
import type { QueuedRun } from '../../domain/run/run.state.js';
import { type ClusterAbility, whyUnlaunchable } from '../../domain/tasks/launch-path.js';
import { withOverrides } from '../../domain/tasks/run-overrides.js';
import type { VolumeOwner } from '../../domain/volumes/persistent-volume.js';
import { holderOf, persistentPaths } from '../../domain/volumes/volume-holder.js';
import { type Revisions, revisionKey } from '../revisions.js';
import type { RunOrder } from '../run-ledger.js';
import type { JobVolumes } from './job-volumes.js';
import { type BookedRun, placesOf, type RunBook, type WaitingBookedRun } from './run-book.js';

export interface WaitingRunsOptions {
  readonly book: RunBook;
  readonly revisions: Revisions;
  readonly volumes: JobVolumes;
  readonly ability: () => ClusterAbility;
  readonly volumeOwner: () => VolumeOwner;
  readonly clock: () => number;
  readonly log: Logger;
  /** Writes decisions, and has the book see them. */
  readonly record: (orders: readonly RunOrder[]) => Promise<unknown>;
}

const READ_AGAIN_MS = 1_000;

/**
 * The runs that wait for a place, and which of them may have one now. There may be a hundred thousand, and this is asked
 * whenever anything changes: what is new is looked at once, all of them only where a plan has to choose among them.
 */
export class WaitingRuns {
  readonly #o: WaitingRunsOptions;
  /** Those whose revisions are still to be read. */
  readonly #unread = new Set<WaitingBookedRun>();
  /** Jobs with persistent volumes. */
  readonly #keeping = new Set<string>();
  #readAgain = false;
  /** No deadline passes before this, and no back-off ends before that. */
  #expiryAt = Infinity;
  #retryAt = Infinity;

  constructor(options: WaitingRunsOptions) {
    this.#o = options;
  }

  any(): boolean {
    for (const { runs } of this.#o.book.queues()) for (const _ of runs) return true;
    return false;
  }

  /** Those that a plan of at most so many places can come to. What can never be launched is ended here. */
  async ready(now: number, most: number): Promise<JobQueue[]> {
    const { book, volumes } = this.#o;
    this.#lookAtNews(now);
    await this.#read();
    for (const uid of this.#keeping) if (!book.hasWaiting(uid)) this.#keeping.delete(uid);
    if (this.#keeping.size > 0) await volumes.load([...this.#keeping]);
    const queue: JobQueue[] = [];
    const reach = new WithinReach(most);
    for (const { uid, runs } of book.queues()) {
      const ready = this.#readyOf(uid, runs, reach, now, most);
      const [first] = ready;
      if (first === undefined) continue;
      reach.begin(first.need);
      queue.push({ uid, runs: ready, placed: () => placesOf(book, uid) });
    }
    return queue;
  }

  #readyOf(
    uid: string,
    runs: Iterable<WaitingBookedRun>,
    reach: WithinReach,
    now: number,
    most: number,
  ): readonly WaitingRun[] {
    const { book } = this.#o;
    let ready: { runs: WaitingRun[]; counts: NeedCounts } | undefined; // made for few of many jobs
    const taken = this.#keeping.has(uid) ? new Set<string>() : undefined;
    for (const booked of runs) {
      if (booked.need === undefined || booked.run.notBefore > now) continue;
      if (taken === undefined && !reach.has(booked.need)) continue; // where volumes are, only their run can go
      if (ready?.counts.of(booked.need) === most) continue; // others may fit where these do not
      if (booked.run.overlap !== undefined && blockerOf(booked, book.ofJob(uid))) continue;
      if (taken && !this.#getVolumes(booked, taken)) continue;
      ready ??= { runs: [], counts: new NeedCounts() };
      ready.counts.add(booked.need);
      ready.runs.push({ key: booked.key, need: booked.need });
    }
    return ready?.runs ?? NONE;
  }

  /** Runs that found no place until their starting deadline. */
  async expire(now: number): Promise<void> {
    this.#lookAtNews(now);
    if (this.#expiryAt > now) return;
    const orders: RunOrder[] = [];
    let next = Infinity;
    for (const { runs } of this.#o.book.queues()) {
      for (const booked of runs) {
        const expiryAt = expiryOf(booked.run);
        if (expiryAt > now) next = Math.min(next, expiryAt);
        else orders.push({ ...orderOf(booked), command: { type: 'ExpireStartDeadline', now } });
      }
    }
    if (orders.length > 0) await this.#o.record(orders);
    this.#expiryAt = next;
  }

  /** Milliseconds until a deadline passes or a back-off ends. */
  nextChange(now: number): number {
    this.#lookAtNews(now);
    if (this.#retryAt <= now) this.#retryAt = this.#nextRetry(now);
    const again = this.#readAgain ? now + READ_AGAIN_MS : Infinity;
    this.#readAgain = false;
    return Math.max(1, Math.min(again, this.#expiryAt, this.#retryAt) - now);
  }

  #nextRetry(now: number): number {
    let next = Infinity;
    for (const { runs } of this.#o.book.queues()) {
      for (const { run } of runs) if (run.notBefore > now) next = Math.min(next, run.notBefore);
    }
    return next;
  }

  #lookAtNews(now: number): void {
    for (const booked of this.#o.book.takeNews()) {
      const { notBefore } = booked.run;
      if (notBefore > now) this.#retryAt = Math.min(this.#retryAt, notBefore);
      this.#expiryAt = Math.min(this.#expiryAt, expiryOf(booked.run));
      if (booked.job === undefined) this.#unread.add(booked);
      else this.#noteVolumes(booked, booked.job);
    }
  }

  #noteVolumes({ ref }: BookedRun, { spec }: Job): void {
    if (persistentPaths(spec.run).length > 0) this.#keeping.add(ref.uid);
  }

  /**
   * Whether it may have the volumes it needs, one run at a time; they are part of its need then. `taken`: the paths of those
   * that the job's earlier runs are to have.
   */
  #getVolumes(booked: BookedRun, taken: Set<string>): boolean {
    const { book, volumes, volumeOwner } = this.#o;
    const { job, ref, run } = booked;
    const paths = job ? persistentPaths(job.spec.run) : [];
    if (job === undefined || paths.length === 0) return true;
    if (paths.some((path) => taken.has(path)) || holderOf(paths, book.ofJob(ref.uid))) return false;
    for (const path of paths) taken.add(path);
    const kept = volumes.of(ref.uid);
    const wanted = job.spec.run.volumes.flatMap(({ containerPath, persistent }) => {
      if (persistent === undefined) return [];
      const there = kept.find((volume) => volume.containerPath === containerPath);
      if (there) {
        const { persistenceId, size, agentId, hostname } = there;
        return [{ containerPath, persistenceId, size, kept: { agentId, hostname } }];
      }
      const persistenceId = [ref.uid, run.runId, run.attemptCount + 1, containerPath].join('.');
      return [{ containerPath, persistenceId, size: persistent.size }];
    });
    const { uid } = ref;
    booked.need = withVolumes(needOf(job.spec.run), { uid, owner: volumeOwner(), wanted });
    return true;
  }

  /** Reads the revisions of those that have come. */
  async #read(): Promise<void> {
    const { book, ability, clock, record } = this.#o;
    for (const booked of this.#unread) if (!book.isWaiting(booked)) this.#unread.delete(booked);
    if (this.#unread.size === 0) return;
    const unread = [...this.#unread];
    const jobs = await this.#revisionsOf(unread);
    if (jobs === undefined) return;
    const rejected: RunOrder[] = [];
    for (const booked of unread) {
      const job = jobs.get(revisionKey(booked.run));
      const reason = job ? whyUnlaunchable(job.spec, ability()) : 'jobRemoved';
      if (job && reason === undefined) {
        booked.job = withOverrides(job, booked.run.overrides);
        booked.need = needOf(booked.job.spec.run);
        this.#noteVolumes(booked, booked.job);
      } else {
        const command = { type: 'RejectRun', reason: reason ?? '', now: clock() } as const;
        rejected.push({ ...orderOf(booked), command });
      }
    }
    if (rejected.length > 0) await record(rejected);
    for (const booked of unread) this.#unread.delete(booked);
  }

  /** Undefined while the registry is away: runs whose revisions are known need not wait for it. */
  async #revisionsOf(runs: readonly BookedRun[]) {
    try {
      return await this.#o.revisions.load(runs.map(({ run }) => run));
    } catch (error) {
      this.#o.log.warn({ err: error, runs: runs.length }, 'revisions cannot be had, again soon');
      this.#readAgain = true;
      return undefined;
    }
  }
}

const NONE: readonly WaitingRun[] = [];

const expiryOf = ({ consumed, startDeadlineAt = Infinity }: QueuedRun) =>
  consumed ? Infinity : startDeadlineAt;

export const orderOf = ({ ref, trace, version, run }: BookedRun) => ({
  ref,
  trace,
  known: { version, state: run },
});

const needs = new WeakMap<object, PlacementNeed>();
function needOf(run: Parameters<typeof placementNeed>[0]): PlacementNeed {
  let need = needs.get(run);
  if (need === undefined) {
    need = placementNeed(run);
    needs.set(run, need);
  }
  return need;
}
