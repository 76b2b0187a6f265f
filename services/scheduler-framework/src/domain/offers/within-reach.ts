import { NeedCounts } from './need-counts.js';
import type { PlacementNeed } from './placement-need.js';

/**
 * Which waiting runs a plan of at most so many places can come to. Jobs take turns, so that where so many jobs before have
 * a first run of the same shape and priority, all of those come first: either they take all places, or one of them finds
 * none, and then no later run of that shape does. Ask in the order of the plan.
 */
export class WithinReach {
  readonly #most: number;
  readonly #jobs = new NeedCounts();

  constructor(most: number) {
    this.#most = most;
  }

  has(need: PlacementNeed): boolean {
    if (need.spread.length > 0) return true; // depends on the job, too
    return this.#jobs.of(need) < this.#most;
  }

  /** What the first run of a job needs that has one within reach. */
  begin(need: PlacementNeed): void {
    this.#jobs.add(need);
  }
}
