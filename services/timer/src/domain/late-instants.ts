import { type ArmedSchedule, decideAt, type Surroundings } from './armed-schedule.js';
import type { MissReason } from './clock.events.js';
import { pausedUntil } from './pauses.js';

export type Verdict = 'run' | MissReason;

/** With a catch-up policy, an instant is late when it is found so long after it was to be decided. */
const LATE_MS = 60_000;
/** Beyond so many, `ALL` takes the newest. */
const MOST_CAUGHT_UP = 10_000;

/**
 * What becomes of instants that have come, each of them ascending and not decided yet.
 *
 * - In time they make runs. Without a catch-up policy that means within the starting deadline, with one within a minute.
 * - Late ones, and those in a pause that has ended, are for the catch-up policy: `NONE` leaves them all out; `LAST` takes the
 *   newest, unless one in time is newer still; `ALL` takes all, or the newest `limit`.
 * - Without one, late ones have missed their starting deadline, and those in a pause stay out.
 *
 * `cut`: there are more of them than these, so that none of these may be among the newest.
 */
export function policyVerdicts(
  schedule: ArmedSchedule,
  instants: readonly number[],
  now: number,
  around: Surroundings,
  cut: boolean,
): Verdict[] {
  const { startingDeadlineSeconds, more: { catchUp } = {} } = schedule;
  const { pauses = [] } = around;
  const inTimeMs = catchUp === undefined ? startingDeadlineSeconds * 1000 : LATE_MS;
  const verdicts = instants.map((dueAt): Verdict => {
    if (pausedUntil(dueAt, pauses) !== undefined) return 'paused';
    if (now - decideAt(schedule, dueAt, around) <= inTimeMs) return 'run';
    return catchUp === undefined ? 'startingDeadlineExceeded' : 'catchUpPolicy';
  });
  if (catchUp === undefined || catchUp.policy === 'NONE') return verdicts;
  const newer = catchUp.policy === 'LAST' && verdicts.at(-1) === 'run';
  let take = newer ? 0 : catchUp.policy === 'LAST' ? 1 : Math.min(catchUp.limit ?? Infinity, MOST_CAUGHT_UP);
  if (cut) return verdicts.slice(0, Math.max(verdicts.length - take, 1));
  for (let index = verdicts.length - 1; index >= 0 && take > 0; index--) {
    if (verdicts[index] === 'run') continue;
    verdicts[index] = 'run';
    take--;
  }
  return verdicts;
}
