import { type ArmedSchedule, compiled, jittered, nextDueAt, type Surroundings } from './armed-schedule.js';
import type { MissReason } from './clock.events.js';
import {
  MOST_CAUGHT_UP,
  type NewerRuns,
  NO_NEWER,
  policyVerdicts,
  type Verdict,
  verdictOf,
} from './late-instants.js';
import { pausedUntil } from './pauses.js';

/**
 * What a schedule decides at one go, ascending: an instant that makes a run, or a range of some that make none. `startAt`: when
 * the run was to be decided, where jitter delays it; an instant that waits for an earlier one is delayed by that one's.
 */
export type Decision =
  | { readonly dueAt: number; readonly startAt?: number }
  | { readonly first: number; readonly last: number; readonly count: number; readonly reason: MissReason };

export interface Fired {
  readonly decisions: readonly Decision[];
  /** For earlier revisions of the schedule; of all that it has found, decided at this go or not. */
  readonly runs: NewerRuns;
  /** More is left to be decided at once, which comes before what later revisions of the schedule decide. */
  readonly isCut: boolean;
}

/** At most so many of each at one go: the rest stays due and is decided next, in a transaction of its own. */
const MOST_RUNS = 100;
/** 5 to 10 ms of a minutely schedule. More than `ALL` catches up with, or nothing of a longer backlog could be left out. */
const MOST_MISSED = 2 * MOST_CAUGHT_UP;

/**
 * **The rule that decides when a job fires.**
 *
 * At `now`, by the database's clock, each due instant of the schedule that has come and is not decided yet
 * - makes a run while its starting deadline (`startingDeadlineSeconds` after the instant) has not passed,
 * - is recorded as missed after that.
 *
 * A schedule with a catch-up policy, or a pause that has ended, decides what was found late by `late-instants.ts`. `later`: what
 * later revisions of it run at the same go.
 *
 * Nothing else happens to a due instant, and it happens once: `decidedUpTo` moves over it together with the event.
 * After a downtime this runs through every instant since, so none is lost silently.
 */
export function fire(schedule: ArmedSchedule, now: number, around: Surroundings, later?: NewerRuns): Fired {
  const { more } = schedule;
  if (more !== undefined || (around.pauses !== undefined && around.pauses.length > 0)) {
    return fireByPolicy(schedule, now, around, later);
  }
  const oldestInTime = now - schedule.startingDeadlineSeconds * 1000;
  const decisions: Decision[] = [];
  let first: number | undefined;
  let last = 0;
  let count = 0;
  const rule = compiled(schedule, around.jobId);
  let dueAt = nextDueAt(schedule, around.jobId, schedule.decidedUpTo, rule);
  while (dueAt !== undefined && dueAt <= now && decisions.length < MOST_RUNS && count < MOST_MISSED) {
    if (dueAt < oldestInTime) {
      first ??= dueAt;
      last = dueAt;
      count++;
    } else {
      decisions.push({ dueAt });
    }
    dueAt = nextDueAt(schedule, around.jobId, dueAt, rule);
  }
  const runs = { runs: decisions.length + (later?.runs ?? 0), caughtUp: later?.caughtUp ?? 0 };
  if (first === undefined) return { decisions, runs, isCut: false };
  const missed = { first, last, count, reason: 'startingDeadlineExceeded' } as const;
  return { decisions: [missed, ...decisions], runs, isCut: false };
}

function fireByPolicy(
  schedule: ArmedSchedule,
  now: number,
  around: Surroundings,
  later: NewerRuns = NO_NEWER,
): Fired {
  const instants: number[] = [];
  const found: Verdict[] = [];
  const most = Math.min(MOST_MISSED, schedule.more?.runsLeft ?? MOST_MISSED);
  const rule = compiled(schedule, around.jobId);
  let dueAt = nextDueAt(schedule, around.jobId, schedule.decidedUpTo, rule);
  while (dueAt !== undefined && instants.length < most) {
    const verdict = verdictOf(schedule, dueAt, now, around);
    if (verdict === undefined) break;
    instants.push(dueAt);
    found.push(verdict);
    dueAt = nextDueAt(schedule, around.jobId, dueAt, rule);
  }
  let isCut = instants.length === MOST_MISSED;
  const verdicts = policyVerdicts(found, schedule.more?.catchUp, isCut, later);
  const decisions: Decision[] = [];
  let runs = 0;
  let startAt = -Infinity;
  for (const [index, verdict] of verdicts.entries()) {
    const instant = instants[index] ?? 0;
    if (verdict === 'run') {
      if (runs === MOST_RUNS) {
        isCut = true;
        break;
      }
      runs++;
      const paused = pausedUntil(instant, around.pauses ?? []) !== undefined;
      if (!paused) startAt = Math.max(startAt, jittered(schedule, instant, around.jobId));
      decisions.push({ dueAt: instant, ...(paused || startAt <= instant ? {} : { startAt }) });
      continue;
    }
    const before = decisions.at(-1);
    if (before !== undefined && 'reason' in before && before.reason === verdict) {
      decisions[decisions.length - 1] = { ...before, last: instant, count: before.count + 1 };
    } else {
      decisions.push({ first: instant, last: instant, count: 1, reason: verdict });
    }
  }
  const isRun = (verdict: Verdict) => verdict === 'run';
  const ofThese = verdicts.filter(isRun).length;
  // What is kept back is caught up with when the rest is decided.
  const caughtUp =
    ofThese - found.slice(0, verdicts.length).filter(isRun).length + found.length - verdicts.length;
  return {
    decisions,
    runs: {
      runs: ofThese + found.length - verdicts.length + later.runs,
      caughtUp: caughtUp + later.caughtUp,
    },
    isCut,
  };
}
