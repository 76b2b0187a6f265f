import { pause } from './retry.js';

export interface RushOptions {
  /** A rush lets other work wait for so long at most … */
  readonly longestMs: number;
  /** … and not again before so long after it began. */
  readonly everyMs: number;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
}

/** So many at once are a rush, for so long. */
const MANY = 50;
const RUSH_MS = 300;
const DEFAULTS: RushOptions = { longestMs: 2_000, everyMs: 10_000, clock: () => performance.now() };

/**
 * Much is due at once, and this process is what decides and starts it: work that nobody waits for (remembering, telling
 * on, tidying up) asks `calm` first, so that it does not compete with the starts. The bounds see to it that it comes to
 * its turn where the rush never ends.
 */
export class Rush {
  readonly #options: RushOptions;
  #began = -Infinity;
  #until = -Infinity;

  constructor(options: Partial<RushOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** So many are due, decided on or started at once: of 50 or more it is one for another 300 ms. Cheap to repeat. */
  saw(count: number): void {
    if (count < MANY) return;
    const { longestMs, everyMs, clock } = this.#options;
    const now = clock();
    if (now >= this.#until) {
      if (now - this.#began < everyMs) return;
      this.#began = now;
    }
    this.#until = Math.min(now + RUSH_MS, this.#began + longestMs);
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
}

/** That of this process. */
export const rush = new Rush();
