import type { Job } from '@carillon/contracts';
import type { TraceContext } from '@carillon/service-runtime';
import type { PlacementNeed } from '../../domain/offers/placement-need.js';
import type { PlaceValues } from '../../domain/offers/spread.js';
import { type ActiveRun, currentAttempt, type QueuedRun, type RunState } from '../../domain/run/run.state.js';
import { type RunRef, runKey } from '../run-keys.js';

/** An active run as the leader knows it. */
export interface BookedRun {
  readonly key: string;
  readonly ref: RunRef;
  readonly trace: TraceContext;
  version: number;
  run: ActiveRun;
  /** Of its revision, as this run has it, once it was needed. */
  job?: Job;
  need?: PlacementNeed;
}

export type WaitingBookedRun = BookedRun & { run: QueuedRun };

export interface RunSeen {
  readonly ref: RunRef;
  readonly run: RunState;
  readonly version: number;
  readonly trace: TraceContext;
}

/** The leader's memory of all active runs: a copy of their streams' states, never newer than what is on disk. */
export class RunBook {
  readonly #runs = new Map<string, BookedRun>();
  readonly #byTask = new Map<string, BookedRun>();
  readonly #byJob = new Map<string, Set<BookedRun>>();
  /** Queued runs by job, in the order in which they came; jobs in the order in which it is their turn. */
  readonly #queues = new Map<string, Map<string, WaitingBookedRun>>();
  /** Versions at which runs ended while something was read, which may be older. */
  readonly #endedMeanwhile = new Map<string, number>();
  #readings = 0;
  /** Of those that wait, whatever is new since somebody asked. */
  readonly #news = new Set<WaitingBookedRun>();

  /** Takes note of a state unless a newer one is known. */
  see({ ref, run, version, trace }: RunSeen): void {
    const key = runKey(ref);
    const known = this.#runs.get(key);
    if ((known?.version ?? this.#endedMeanwhile.get(key) ?? 0) >= version) return;
    if (known) this.#unlink(known);
    if (run.status === 'none' || run.status === 'ended') {
      if (this.#readings > 0) this.#endedMeanwhile.set(key, version);
      this.#runs.delete(key);
      if (known) this.#leaveJob(known);
      return;
    }
    const booked = known ?? { key, ref, trace, version, run };
    booked.version = version;
    booked.run = run;
    this.#runs.set(key, booked);
    if (known === undefined) this.#joinJob(booked);
    this.#link(booked);
  }

  /** Reads states to be seen: none of them brings back a run that has ended since. */
  async reading(read: () => Promise<readonly RunSeen[]>): Promise<void> {
    this.#readings += 1;
    try {
      for (const seen of await read()) this.see(seen);
    } finally {
      this.#readings -= 1;
      if (this.#readings === 0) this.#endedMeanwhile.clear();
    }
  }

  get(key: string): BookedRun | undefined {
    return this.#runs.get(key);
  }

  /** Whose attempt that is believed alive this task is. */
  ofTask(taskId: string): BookedRun | undefined {
    return this.#byTask.get(taskId);
  }

  all(): Iterable<BookedRun> {
    return this.#runs.values();
  }

  /** The active runs of a job. */
  ofJob(uid: string): Iterable<BookedRun> {
    return this.#byJob.get(uid) ?? [];
  }

  /** The runs that wait, by job. */
  *queues(): Iterable<{ uid: string; runs: Iterable<WaitingBookedRun> }> {
    for (const [uid, queue] of this.#queues) yield { uid, runs: queue.values() };
  }

  /** Whether runs of the job wait. */
  hasWaiting(uid: string): boolean {
    return this.#queues.has(uid);
  }

  isWaiting({ ref, key }: BookedRun): boolean {
    return this.#queues.get(ref.uid)?.has(key) ?? false;
  }

  /** The waiting runs that came or changed since this was asked before. */
  takeNews(): WaitingBookedRun[] {
    const news = [...this.#news];
    this.#news.clear();
    return news;
  }

  /** It was this job's turn: the others come first now. */
  served(uid: string): void {
    const queue = this.#queues.get(uid);
    if (queue === undefined) return;
    this.#queues.delete(uid);
    this.#queues.set(uid, queue);
  }

  counts(): Record<ActiveRun['status'], number> {
    const counts = { queued: 0, launched: 0, running: 0 };
    for (const { run } of this.#runs.values()) counts[run.status] += 1;
    return counts;
  }

  #joinJob(booked: BookedRun): void {
    const runs = this.#byJob.get(booked.ref.uid);
    if (runs) runs.add(booked);
    else this.#byJob.set(booked.ref.uid, new Set([booked]));
  }

  #leaveJob(booked: BookedRun): void {
    const runs = this.#byJob.get(booked.ref.uid);
    runs?.delete(booked);
    if (runs?.size === 0) this.#byJob.delete(booked.ref.uid);
  }

  #link(booked: BookedRun): void {
    const attempt = currentAttempt(booked.run);
    if (attempt) this.#byTask.set(attempt.taskId, booked);
    if (!isQueued(booked)) return;
    this.#news.add(booked);
    const queue = this.#queues.get(booked.ref.uid);
    if (queue) queue.set(booked.key, booked);
    else this.#queues.set(booked.ref.uid, new Map([[booked.key, booked]]));
  }

  #unlink(booked: BookedRun): void {
    const attempt = currentAttempt(booked.run);
    if (attempt) this.#byTask.delete(attempt.taskId);
    if (!isQueued(booked)) return;
    this.#news.delete(booked);
    const queue = this.#queues.get(booked.ref.uid);
    queue?.delete(booked.key);
    if (queue?.size === 0) this.#queues.delete(booked.ref.uid);
  }
}

const isQueued = (booked: BookedRun): booked is WaitingBookedRun => booked.run.status === 'queued';

/** Where the active runs of a job are, as far as its placement rules ask. */
export function* placesOf(book: RunBook, uid: string): Iterable<PlaceValues> {
  for (const { run } of book.ofJob(uid)) {
    const values = currentAttempt(run)?.values;
    if (values) yield values;
  }
}
