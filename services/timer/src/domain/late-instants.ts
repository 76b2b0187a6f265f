import type { CatchUp } from '@carillon/contracts';
import { type ArmedSchedule, jittered, type Surroundings } from './armed-schedule.js';
import type { MissReason } from './clock.events.js';
import { pausedUntil } from './pauses.js';

export type Verdict = 'run' | MissReason;

/** With a catch-up policy, an instant is late when it is found so long after it was to be decided. */
const LATE_MS = 60_000;
/** Beyond so many, `ALL` takes the newest. */
export const MOST_CAUGHT_UP = 10_000;

/**
 * What an instant comes to by itself; undefined while it is not to be decided.
 *
 * - In time it makes a run. Without a catch-up policy that means within the starting deadline, with one within a minute.
 * - What is late, or in a pause that has ended, is for the catch-up policy. Without one, what is late has missed its starting
 *   deadline, and what is in a pause stays out.
 */
export function verdictOf(
  schedule: ArmedSchedule,
  dueAt: number,
  now: number,
  { jobId, pauses = [] }: Surroundings,
): Verdict | undefined {
  const { startingDeadlineSeconds, more: { catchUp, jitterSeconds = 0 } = {} } = schedule;
  const end = pausedUntil(dueAt, pauses);
  if (end !== undefined) return end <= now ? 'paused' : undefined;
  const late = catchUp === undefined ? 'startingDeadlineExceeded' : 'catchUpPolicy';
  const oldestInTime = now - (catchUp === undefined ? startingDeadlineSeconds * 1000 : LATE_MS);
  // Whatever its own jitter is: an earlier instant that has more holds it back until then.
  if (dueAt + jitterSeconds * 1000 < oldestInTime) return late;
  return jittered(schedule, dueAt, jobId) > now ? undefined : 'run';
}

/** Of instants that later revisions of the schedule decide at the same go: those that run, and those among them that were late. */
export interface NewerRuns {
  readonly runs: number;
  readonly caughtUp: number;
}

export const NO_NEWER: NewerRuns = { runs: 0, caughtUp: 0 };

/**
 * What becomes of instants that have come, each of them ascending and not decided yet, by what each comes to by itself: of
 * those that make no run, `NONE` leaves all out; `LAST` takes the newest, unless one in time is newer still; `ALL` takes all,
 * or the newest `limit`. An edit does not count anew: what a later revision runs is newer than all of these.
 *
 * `cut`: there are more of them than these, so that none of these may be among the newest.
 */
export function policyVerdicts(
  found: readonly Verdict[],
  catchUp: CatchUp | undefined,
  cut: boolean,
  later: NewerRuns = NO_NEWER,
): readonly Verdict[] {
  if (catchUp === undefined || catchUp.policy === 'NONE') return found;
  const verdicts = [...found];
  let take =
    catchUp.policy === 'LAST'
      ? Number(verdicts.at(-1) !== 'run' && later.runs === 0)
      : Math.min(catchUp.limit ?? Infinity, MOST_CAUGHT_UP) - later.caughtUp;
  if (cut) return verdicts.slice(0, Math.max(verdicts.length - Math.max(take, 0), 1));
  for (let index = verdicts.length - 1; index >= 0 && take > 0; index--) {
    if (verdicts[index] === 'run') continue;
    verdicts[index] = 'run';
    take--;
  }
  return verdicts;
}
