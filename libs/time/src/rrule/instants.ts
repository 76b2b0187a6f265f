import type { Recurrence } from '../recurrence.js';

/** Given instants, ascending. */
export function instantsRule(instants: readonly number[]): Recurrence {
  return {
    next: (after) => instants[firstIndex(instants, (at) => at > after)],
    previous: (before) => instants[firstIndex(instants, (at) => at >= before) - 1],
    shiftOf: () => undefined,
  };
}

function firstIndex(instants: readonly number[], holds: (at: number) => boolean): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(instants[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whatever is due by one or the other. */
export function either(rule: Recurrence, other: Recurrence): Recurrence {
  return {
    next: (after) => least(rule.next(after), other.next(after), 1),
    previous: (before) => least(rule.previous(before), other.previous(before), -1),
    shiftOf: (at) => (rule.next(at - 1) === at ? rule.shiftOf(at) : other.shiftOf(at)),
  };
}

function least(a: number | undefined, b: number | undefined, sign: 1 | -1): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return sign * Math.min(sign * a, sign * b);
}

/** All but some instants. */
export function without(rule: Recurrence, instants: ReadonlySet<number>): Recurrence {
  return {
    next: (after) => {
      let at = rule.next(after);
      while (at !== undefined && instants.has(at)) at = rule.next(at);
      return at;
    },
    previous: (before) => {
      let at = rule.previous(before);
      while (at !== undefined && instants.has(at)) at = rule.previous(at);
      return at;
    },
    shiftOf: (at) => rule.shiftOf(at),
  };
}
