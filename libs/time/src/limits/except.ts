import type { Recurrence } from '../recurrence.js';
import type { Blackout, Span } from './blackout.js';

/** So many spans in a row are passed over for one answer; a rule that is due in none of the gaps is never due. */
const MAX_SPANS = 1000;

/** A rule without the due instants inside any of the blackouts: again a rule. */
export function except(rule: Recurrence, blackouts: readonly Blackout[]): Recurrence {
  const spanAt = (instant: number): Span | undefined => {
    for (const blackout of blackouts) {
      const span = blackout.spanAt(instant);
      if (span !== undefined) return span;
    }
    return undefined;
  };
  return {
    next: (after) => {
      let at = rule.next(after);
      for (let passed = 0; at !== undefined && passed < MAX_SPANS; passed++) {
        const span = spanAt(at);
        if (span === undefined) return at;
        at = rule.next(span.end - 1);
      }
      return undefined;
    },
    previous: (before) => {
      let at = rule.previous(before);
      for (let passed = 0; at !== undefined && passed < MAX_SPANS; passed++) {
        const span = spanAt(at);
        if (span === undefined) return at;
        at = rule.previous(span.start);
      }
      return undefined;
    },
    shiftOf: (at) => rule.shiftOf(at),
  };
}
