import { invalid } from '@carillon/event-sourcing';
import type { Recurrence } from '../recurrence.js';
import type { ScheduleFields } from '../rule-spec.js';
import { within } from './within.js';

/** A rule narrowed to the schedule's window, and that in words. Throws `windowInvalid`. */
export function limited(
  rule: Recurrence,
  { from, until }: ScheduleFields,
): { readonly narrowed: Recurrence; readonly words: string } {
  let narrowed = rule;
  let words = '';
  if (from !== undefined || until !== undefined) {
    if (from !== undefined && until !== undefined && until <= from) refuseWindow(until);
    narrowed = within(narrowed, from ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY);
    if (from !== undefined) words += `, from ${instantText(from)}`;
    if (until !== undefined) words += `, until ${instantText(until)}`;
  }
  return { narrowed, words };
}

const instantText = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');

function refuseWindow(value: number): never {
  const rule = 'until is later than from';
  throw invalid('windowInvalid', `The window is empty (${rule})`, { path: ['until'], value, rule });
}
