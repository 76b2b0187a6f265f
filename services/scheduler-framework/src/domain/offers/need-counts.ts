import type { PlacementNeed } from './placement-need.js';

/** Counts needs; those of one shape and priority are one to a plan. */
export class NeedCounts {
  readonly #counts = new Map<number, Map<string, number>>();

  of({ shape, priority }: PlacementNeed): number {
    return this.#counts.get(priority)?.get(shape) ?? 0;
  }

  add({ shape, priority }: PlacementNeed): void {
    const counts = this.#counts.get(priority) ?? new Map<string, number>();
    this.#counts.set(priority, counts);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
}
