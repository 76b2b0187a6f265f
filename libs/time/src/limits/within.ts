import type { Recurrence } from '../recurrence.js';

/** The due instants of `from <= at < until`. */
export function within(rule: Recurrence, from: number, until: number): Recurrence {
  return {
    next: (after) => {
      const at = rule.next(Math.max(after, from - 1));
      return at !== undefined && at < until ? at : undefined;
    },
    previous: (before) => {
      const at = rule.previous(Math.min(before, until));
      return at !== undefined && at >= from ? at : undefined;
    },
    shiftOf: (at) => rule.shiftOf(at),
  };
}
