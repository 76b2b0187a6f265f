import { invalid } from '@carillon/event-sourcing';
import { type CompiledRule, EARLIEST, LATEST, type Recurrence } from '../recurrence.js';

/** One instant. Throws `atInvalid`. */
export function compileInstant(at: number): CompiledRule {
  if (!Number.isSafeInteger(at) || at < EARLIEST || at >= LATEST) {
    const rule = 'whole milliseconds since 1970, of a year from 1900 to 2499';
    throw invalid('atInvalid', `'${at}' is not an instant (${rule})`, { path: ['at'], value: at, rule });
  }
  const recurrence: Recurrence = {
    next: (after) => (after < at ? at : undefined),
    previous: (before) => (before > at ? at : undefined),
    shiftOf: () => undefined,
  };
  return { normal: new Date(at).toISOString(), recurrence };
}
