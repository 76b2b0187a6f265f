import type { Random } from './random.js';
import { asError } from './violation.js';

/** A process of the simulation. Dead ones get nothing any more; paused ones get it when they go on. */
export class Part {
  readonly name: string;
  alive = true;
  paused = false;
  /** What its own clock is ahead of the true one, milliseconds. */
  clockOffsetMs = 0;
  readonly backlog: Entry[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

/** Something that will happen. */
export interface Entry {
  at: number;
  readonly order: number;
  readonly part: Part | undefined;
  work: (() => void) | undefined;
}

const YIELD_EVERY = 8_192;
const yieldToEventLoop = globalThis.setImmediate;

/**
 * Virtual time and what happens in it. One step is one entry and every continuation of promises that follows from it;
 * all of these belong to the entry's part, for nothing else wakes a part up. So a part can be killed or paused between any
 * two steps, and the same seed makes the same steps.
 */
export class VirtualClock {
  readonly startedAt: number;
  readonly random: Random;
  /** Epoch milliseconds, with fractions. */
  now: number;
  steps = 0;
  /** Whose step this is. */
  current: Part | undefined;
  readonly #heap: Entry[] = [];
  #order = 0;

  constructor(startedAt: number, random: Random) {
    this.startedAt = startedAt;
    this.now = startedAt;
    this.random = random;
  }

  after(delayMs: number, part: Part | undefined, work: () => void): Entry {
    return this.at(this.now + Math.max(0, delayMs), part, work);
  }

  at(instant: number, part: Part | undefined, work: () => void): Entry {
    const entry: Entry = { at: Math.max(instant, this.now), order: (this.#order += 1), part, work };
    this.#push(entry);
    return entry;
  }

  kill(part: Part): void {
    part.alive = false;
    part.backlog.length = 0;
  }

  pause(part: Part): void {
    part.paused = true;
  }

  resume(part: Part): void {
    part.paused = false;
    for (const { work } of part.backlog.splice(0)) if (work) this.after(0, part, work);
  }

  /**
   * Takes steps until the time has come, nothing is left, or `until` says so after a step. Rejects with what a step throws.
   * A step's promises are through when the microtask that follows it has let the next tick in: Node empties the queue of
   * microtasks between two ticks.
   */
  run(upTo: number, until: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      const tick = () => process.nextTick(step);
      const step = () => {
        try {
          if (this.steps > 0 && until()) {
            resolve();
            return;
          }
          const entry = this.#next(upTo);
          if (entry === undefined) {
            this.now = Math.max(this.now, upTo);
            resolve();
            return;
          }
          this.#deliver(entry);
        } catch (error) {
          reject(asError(error));
          return;
        }
        if (this.steps % YIELD_EVERY === 0) yieldToEventLoop(step);
        else queueMicrotask(tick);
      };
      tick();
    });
  }

  #deliver(entry: Entry): void {
    const { part, work } = entry;
    if (work === undefined || part?.alive === false) return;
    if (part?.paused) {
      part.backlog.push(entry);
      return;
    }
    this.steps += 1;
    this.current = part;
    entry.work = undefined;
    work();
  }

  #next(upTo: number): Entry | undefined {
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (first.at > upTo) return undefined;
      this.#pop();
      if (first.work === undefined || first.part?.alive === false) continue;
      this.now = first.at;
      return first;
    }
    return undefined;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    const size = heap.length;
    if (size === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      const below = heap[child] as Entry;
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);
