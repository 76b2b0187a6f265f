import { isCarillonError } from '@carillon/event-sourcing';
import { type CompiledSchedule, compileSchedule, type OffsetAt, offsetsOf } from '@carillon/time';
import type { Triple } from './random-triples.js';

/** A triple with what is needed to judge an answer to it. */
export interface Question extends Triple {
  readonly ours: number | undefined | 'refused';
  /** The rule counts elapsed time: a field of the time of day begins with `*` (ADR 3). */
  readonly elapsed: boolean;
  readonly offsetAt: OffsetAt;
  /** Our answer after (or before) another instant. */
  readonly from: (instant: number) => number | undefined;
  /** Whether the expression names the wall-clock time that the zone shows at an instant. */
  readonly names: (instant: number) => boolean;
}

const offsets = new Map<string, OffsetAt>();

export function questionOf(triple: Triple): Question {
  const { cron, timezone, instant, direction } = triple;
  const compiled = compiledOrRefused(cron, timezone);
  const wall = compiledOrRefused(cron, 'UTC');
  const offsetAt = offsets.get(timezone) ?? offsetsOf(timezone);
  offsets.set(timezone, offsetAt);
  const from = (at: number) => (direction === 'next' ? compiled?.next(at) : compiled?.previous(at));
  const fields = cron.split(' ');
  return {
    ...triple,
    ours: compiled === undefined ? 'refused' : from(instant),
    elapsed: (fields.length === 7 ? fields.slice(0, 3) : fields.slice(0, 2)).some((field) =>
      field.startsWith('*'),
    ),
    offsetAt,
    from,
    names: (at) => wall?.next(at + offsetAt(at) - 1) === at + offsetAt(at),
  };
}

function compiledOrRefused(cron: string, timezone: string): CompiledSchedule | undefined {
  try {
    return compileSchedule({ cron, timezone });
  } catch (error) {
    if (isCarillonError(error, 'invalid')) return undefined;
    throw error;
  }
}
