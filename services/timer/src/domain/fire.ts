import { type ArmedSchedule, nextDueAt } from './armed-schedule.js';

/** What a schedule decides at one go. */
export interface Decisions {
  /** Instants that make a run, ascending. */
  readonly due: readonly number[];
  /** Instants found too late to make one: all from `first` to `last`, before any of `due`. */
  readonly missed?: { readonly first: number; readonly last: number; readonly count: number };
}

/** At most so many of each at one go: the rest stays due and is decided next, in a transaction of its own. */
const MOST_RUNS = 100;
const MOST_MISSED = 100_000;

/**
 * **The rule that decides when a job fires.**
 *
 * At `now`, by the database's clock, each due instant of the schedule that has come and is not decided yet
 * - makes a run while its starting deadline (`startingDeadlineSeconds` after the instant) has not passed,
 * - is recorded as missed after that.
 *
 * Nothing else happens to a due instant, and it happens once: `decidedUpTo` moves over it together with the event.
 * After a downtime this runs through every instant since, so none is lost silently.
 */
export function fire(schedule: ArmedSchedule, now: number): Decisions {
  const oldestInTime = now - schedule.startingDeadlineSeconds * 1000;
  const due: number[] = [];
  let first: number | undefined;
  let last = 0;
  let count = 0;
  let dueAt = nextDueAt(schedule);
  while (dueAt !== undefined && dueAt <= now && due.length < MOST_RUNS && count < MOST_MISSED) {
    if (dueAt < oldestInTime) {
      first ??= dueAt;
      last = dueAt;
      count++;
    } else {
      due.push(dueAt);
    }
    dueAt = nextDueAt(schedule, dueAt);
  }
  return first === undefined ? { due } : { due, missed: { first, last, count } };
}
