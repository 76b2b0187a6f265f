import type { CallBody } from '@carillon/mesos';

/** Work waits and no offer comes: asked for again after this. */
const REVIVE_AGAIN_MS = 5_000;
const REVIVE_MIN_MS = 20;

/** What the master was told of whether this framework wants offers. */
export class OfferDemand {
  #suppressed = false;
  /** Monotonic. */
  #revivedAt = -Infinity;
  /** Offers were declined while nothing waited: what waits from now on has to ask for them. */
  #turnedAway = false;
  #wanted = false;

  /** Whether none come by themselves. */
  get isQuiet(): boolean {
    return this.#suppressed || this.#turnedAway;
  }

  /** Whether there is more to be had than what was offered. */
  get isWanted(): boolean {
    return this.#wanted;
  }

  want(): void {
    this.#wanted = true;
  }

  turnedAway(): void {
    this.#turnedAway = true;
  }

  /** A framework that introduces itself, anew or changed, is not suppressed, and its offers come by themselves. */
  introduced(): void {
    this.#suppressed = false;
    this.#revivedAt = performance.now();
  }

  /** Milliseconds until they may be asked for (again). */
  get waitMs(): number {
    const wait = this.isQuiet || this.#wanted ? REVIVE_MIN_MS : REVIVE_AGAIN_MS;
    return Math.max(0, this.#revivedAt + wait - performance.now());
  }

  revive(): CallBody {
    this.#turnedAway = false;
    this.#suppressed = false;
    this.#wanted = false;
    this.#revivedAt = performance.now();
    return { type: 'REVIVE' };
  }

  /** Nothing when that is known. */
  suppress(): CallBody[] {
    if (this.#suppressed) return [];
    this.#suppressed = true;
    this.#wanted = false;
    return [{ type: 'SUPPRESS' }];
  }
}
