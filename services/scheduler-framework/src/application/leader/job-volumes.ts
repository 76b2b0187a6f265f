import type { EventStore } from '@carillon/event-store';
import type { Offer } from '@carillon/mesos';
import type { Logger } from '@carillon/service-runtime';
import type { JobRunsState } from '../../domain/job-runs/job-runs.state.js';
import { currentAttempt } from '../../domain/run/run.state.js';
import { type KeptVolume, type LabelledDisk, labelledDisks } from '../../domain/volumes/persistent-volume.js';
import { jobRunsStream } from '../run-keys.js';
import type { Recorded } from '../run-batch.js';
import type { RunBook } from './run-book.js';

export interface JobVolumesOptions {
  readonly store: Pick<EventStore, 'loadStates'>;
  readonly book: RunBook;
  /** Whose reservations are ours. */
  readonly framework: string;
  readonly log: Logger;
}

/** Undefined: no such job has ever had a run here. */
type Known = readonly KeptVolume[] | undefined;

/** At most so many jobs are remembered; others are read again. */
const CAPACITY = 5_000;

/**
 * Which volumes the jobs have, read from their streams when it is asked. Where these are is told by offers alone, and so
 * is what has to be destroyed: a volume of ours that its job does not have.
 */
export class JobVolumes {
  readonly #o: JobVolumesOptions;
  readonly #known = new Map<string, Known>();
  /** Counts changes, so that what was read before one is not taken for what is there after it. */
  #changes = 0;
  /** Attempts that had volumes and have ended: maybe their jobs do not have these. */
  #ended: { readonly uid: string; readonly persistenceIds: readonly string[] }[] = [];
  readonly #strangers = new Set<string>();

  constructor(options: JobVolumesOptions) {
    this.#o = options;
  }

  /** Those of a job that was loaded. */
  of(uid: string): readonly KeptVolume[] {
    return this.#known.get(uid) ?? [];
  }

  async load(uids: Iterable<string>): Promise<void> {
    const asked = new Set(uids);
    if (this.#known.size + asked.size > CAPACITY) this.#known.clear();
    for (;;) {
      const missing = [...asked].filter((uid) => !this.#known.has(uid));
      if (missing.length === 0) return;
      const changes = this.#changes;
      const states = await this.#o.store.loadStates(undefined, missing.map(jobRunsStream));
      if (changes !== this.#changes) continue;
      for (const uid of missing) {
        const state = states.get(jobRunsStream(uid))?.state as JobRunsState | undefined;
        this.#known.set(uid, state && (state.volumes ?? []));
      }
    }
  }

  /** They are others on disk by now: those of this job, or of any. */
  changed(uid: string | undefined): void {
    this.#changes += 1;
    if (uid === undefined) this.#known.clear();
    else this.#known.delete(uid);
  }

  /** To be told before the book forgets the attempt. */
  saw({ ref: { uid, runId }, events }: Recorded): void {
    for (const { type } of events) {
      if (type !== 'AttemptStarted' && type !== 'AttemptEnded') continue;
      const booked = this.#o.book.get(`${uid}/${runId}`);
      const volumes = booked && currentAttempt(booked.run)?.volumes;
      if (volumes === undefined) continue;
      this.changed(uid);
      const persistenceIds = volumes.map(({ persistenceId }) => persistenceId);
      if (type === 'AttemptEnded') this.#ended.push({ uid, persistenceIds });
    }
  }

  /** Whether attempts have left volumes behind that their jobs do not have; asked once about each. */
  async anyLeft(): Promise<boolean> {
    const ended = this.#ended;
    if (ended.length === 0) return false;
    await this.load(ended.map(({ uid }) => uid));
    this.#ended = this.#ended.slice(ended.length);
    return ended.some(({ uid, persistenceIds }) =>
      persistenceIds.some((id) => !this.of(uid).some(({ persistenceId }) => persistenceId === id)),
    );
  }

  /** What of each offer is to be given back: volumes that no job has, and disk that became no volume. */
  async strays(offers: readonly Offer[]): Promise<Map<Offer, LabelledDisk[]>> {
    const { framework } = this.#o;
    const disks = new Map(offers.map((offer) => [offer, labelledDisks(offer, framework)]));
    await this.load([...disks.values()].flat().map(({ uid }) => uid));
    return new Map(Array.from(disks, ([offer, labelled]) => [offer, this.#straysOf(offer, labelled)]));
  }

  #straysOf(offer: Offer, disks: readonly LabelledDisk[]): LabelledDisk[] {
    const { book } = this.#o;
    return disks.filter(({ uid, persistenceId }) => {
      if (this.#known.get(uid) === undefined) return this.#isStranger(uid, offer);
      if (persistenceId === undefined) return true;
      const isSame = (volume: { readonly persistenceId: string }) => volume.persistenceId === persistenceId;
      if (this.of(uid).some(isSame)) return false;
      // What became of an attempt is on disk a little later than its volume may be offered again.
      for (const { run } of book.ofJob(uid)) if (currentAttempt(run)?.volumes?.some(isSame)) return false;
      return true;
    });
  }

  /** Of a job that this database knows nothing about: perhaps it is the wrong one, so what is there stays. */
  #isStranger(uid: string, { hostname }: Offer): false {
    if (!this.#strangers.has(uid) && this.#strangers.size < CAPACITY) {
      this.#strangers.add(uid);
      this.#o.log.warn({ uid, hostname }, 'a volume of a job that is not known here is left alone');
    }
    return false;
  }
}
