import { pause } from './retry.js';

export interface RushOptions {
  /** Other work waits for so long in a row at most, where it did not have to wait lately … */
  readonly longestMs: number;
  /** … and for so much of the time in all. */
  readonly share: number;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
}

/** So many at once are a rush, for so long. */
const MANY = 50;
const RUSH_MS = 300;
/** None begins for less: many short ones in a row would cost the others as much and be of no use. */
const SHORTEST_MS = 2_000;
/**
 * Ten thousand starts on a machine three times as slow as the figures' are through by then, and Mesos, which repeats what
 * nobody acknowledges after ten seconds, need not repeat anything.
 */
const DEFAULTS: RushOptions = { longestMs: 6_000, share: 1 / 5, clock: () => performance.now() };

/**
 * Much is due at once, and this process is what decides and starts it: work that nobody waits for (remembering, telling
 * on, tidying up) asks `calm` first, so that it does not compete with the starts. What a rush may take is saved up while
 * there is none and spent by the millisecond, so that a burst may be long where bursts are rare, and others have their
 * share where it never ends.
 */
export class Rush {
  readonly #options: RushOptions;
  /** What is left to be spent, as of `#at`. */
  #leftMs: number;
  #at: number;
  #until = -Infinity;
  readonly #listeners = new Set<() => void>();

  constructor(options: Partial<RushOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#leftMs = this.#options.longestMs;
    this.#at = this.#options.clock();
  }

  /** So many are due, decided on or started at once: of 50 or more it is one for another 300 ms. Cheap to repeat. */
  saw(count: number): void {
    if (count < MANY) return;
    const now = this.#options.clock();
    const goesOn = now < this.#until;
    this.#settle(now);
    if (!goesOn && this.#leftMs < Math.min(SHORTEST_MS, this.#options.longestMs)) return;
    this.#until = now + Math.min(RUSH_MS, this.#leftMs);
    if (!goesOn) for (const listener of this.#listeners) listener();
  }

  /** Tells when one begins. Returns the function that ends that. */
  onBegin(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get isOn(): boolean {
    return this.#options.clock() < this.#until;
  }

  /** Resolves when it is over, or aborted. */
  async calm(signal?: AbortSignal): Promise<void> {
    while (this.isOn && signal?.aborted !== true) {
      await pause(this.#until - this.#options.clock(), signal);
    }
  }

  /** Takes off what was spent since the last time, and adds what was saved after the rush. */
  #settle(now: number): void {
    const { longestMs, share } = this.#options;
    const spent = Math.max(0, Math.min(now, this.#until) - this.#at);
    const calm = Math.max(0, now - Math.max(this.#at, this.#until));
    this.#leftMs = Math.min(longestMs, this.#leftMs - spent + (calm * share) / (1 - share));
    this.#at = now;
  }
}

/** That of this process. */
export const rush = new Rush();
