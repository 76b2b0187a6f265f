import type { Logger } from '@carillon/service-runtime';
import type { JobQueue, WaitingRun } from '../../domain/offers/match-offers.js';
import { type PlacementNeed, placementNeed, withVolumes } from '../../domain/offers/placement-need.js';
import { blockerOf } from '../../domain/run/overlap.js';
import { type ClusterAbility, whyUnlaunchable } from '../../domain/tasks/launch-path.js';
import { withOverrides } from '../../domain/tasks/run-overrides.js';
import type { VolumeOwner } from '../../domain/volumes/persistent-volume.js';
import { holderOf, persistentPaths } from '../../domain/volumes/volume-holder.js';
import { type Revisions, revisionKey } from '../revisions.js';
import type { RunOrder } from '../run-ledger.js';
import type { JobVolumes } from './job-volumes.js';
import { type BookedRun, placesOf, type RunBook } from './run-book.js';

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

/** The runs that wait for a place, and which of them may have one now. */
export class WaitingRuns {
  readonly #o: WaitingRunsOptions;
  #readAgain = false;

  constructor(options: WaitingRunsOptions) {
    this.#o = options;
  }

  any(): boolean {
    for (const { runs } of this.#o.book.queues()) for (const _ of runs) return true;
    return false;
  }

  /** Those that may be launched now, at most so many of a job. What can never be launched is ended here. */
  async ready(now: number, most: number): Promise<JobQueue[]> {
    const { book, volumes } = this.#o;
    await this.#read();
    const keeping: string[] = [];
    for (const { uid, runs } of book.queues()) {
      for (const { job } of runs) {
        if (!job || persistentPaths(job.spec.run).length === 0) continue;
        keeping.push(uid);
        break;
      }
    }
    if (keeping.length > 0) await volumes.load(keeping);
    const queue: JobQueue[] = [];
    for (const { uid, runs } of book.queues()) {
      const ready: WaitingRun[] = [];
      const taken = new Set<string>();
      for (const booked of runs) {
        if (booked.need === undefined || booked.run.notBefore > now) continue;
        if (booked.run.overlap !== undefined && blockerOf(booked, book.ofJob(uid))) continue;
        if (!this.#getVolumes(booked, taken)) continue;
        ready.push({ key: booked.key, need: booked.need });
        if (ready.length === most) break;
      }
      if (ready.length > 0) queue.push({ uid, runs: ready, placed: () => placesOf(book, uid) });
    }
    return queue;
  }

  /** Runs that found no place until their starting deadline. */
  async expire(now: number): Promise<void> {
    const orders: RunOrder[] = [];
    for (const { runs } of this.#o.book.queues()) {
      for (const booked of runs) {
        const { startDeadlineAt, consumed } = booked.run;
        if (consumed || startDeadlineAt === undefined || startDeadlineAt > now) continue;
        orders.push({ ...orderOf(booked), command: { type: 'ExpireStartDeadline', now } });
      }
    }
    if (orders.length > 0) await this.#o.record(orders);
  }

  /** Milliseconds until a deadline passes or a back-off ends. */
  nextChange(now: number): number {
    let next = this.#readAgain ? now + READ_AGAIN_MS : Infinity;
    this.#readAgain = false;
    for (const { runs } of this.#o.book.queues()) {
      for (const { run } of runs) {
        if (run.notBefore > now) next = Math.min(next, run.notBefore);
        if (!run.consumed && run.startDeadlineAt !== undefined) next = Math.min(next, run.startDeadlineAt);
      }
    }
    return Math.max(1, next - now);
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
    const unread: BookedRun[] = [];
    for (const { runs } of book.queues()) for (const booked of runs) if (!booked.job) unread.push(booked);
    if (unread.length === 0) return;
    const rejected: RunOrder[] = [];
    const jobs = await this.#revisionsOf(unread);
    for (const booked of jobs ? unread : []) {
      const job = jobs?.get(revisionKey(booked.run));
      const reason = job ? whyUnlaunchable(job.spec, ability()) : 'jobRemoved';
      if (job && reason === undefined) {
        booked.job = withOverrides(job, booked.run.overrides);
        booked.need = needOf(booked.job.spec.run);
      } else {
        const command = { type: 'RejectRun', reason: reason ?? '', now: clock() } as const;
        rejected.push({ ...orderOf(booked), command });
      }
    }
    if (rejected.length > 0) await record(rejected);
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
