import {
  type ArmedSchedule,
  compiledHere,
  decideAt,
  nextDueAt,
  type Rule,
  type Surroundings,
} from './armed-schedule.js';
import type { ClockEvent, ScheduleArmed, ScheduleDisarmed } from './clock.events.js';
import { endedAt, lastOf, type PauseSpan, withPause } from './pauses.js';

/** The Clock of a job (of one uid): its armed schedules and how far each has decided. */
export type ClockState = { readonly status: 'blank' } | SetClock;

export interface SetClock {
  readonly status: 'set';
  readonly jobId: string;
  readonly uid: string;
  /** The latest revision that armed a schedule. */
  readonly revision: number;
  /** Those of the revision in force, and closed ones that still have instants to decide. */
  readonly schedules: readonly ArmedSchedule[];
  /** By schedules that are gone, after the latest edit: for a revision that has them again. Nearly always none. */
  readonly decidedByGone?: readonly DecidedByGone[];
  /** By schedules of a limited number of instants that are gone, the last ones: for a revision that has them again. */
  readonly takenByGone?: readonly TakenByGone[];
  /** Ascending; the last ones, as instants may be found late. */
  readonly pauses?: readonly PauseSpan[];
  /** When the clock has to be fired next; absent when it has nothing left to decide. Follows from the schedules. */
  readonly nextDueAt?: number;
}

export interface DecidedByGone {
  readonly scheduleId: string;
  readonly instants: readonly number[];
}

/** How many of its instants a schedule has taken that was due by this rule. */
export interface TakenByGone {
  readonly scheduleId: string;
  readonly rule: Rule;
  readonly taken: number;
}

/** Of a job whose schedules get new ids with each edit, the state does not grow for ever. */
const COUNTS_KEPT = 100;
/** An instant is not found so late that more pauses lie between. */
const PAUSES_KEPT = 20;

export const blankClock: ClockState = { status: 'blank' };

export function evolve(state: ClockState, event: ClockEvent): ClockState {
  switch (event.type) {
    case 'ScheduleArmed':
      return settled(armed(state, event));
    case 'ScheduleDisarmed':
      return settled(change(remembering(state, event), event.data, (schedule) => disarmed(schedule, event)));
    case 'RunDue':
      return settled(change(state, event.data, (schedule) => decidedUpTo(schedule, event.data.dueAt, 1)));
    case 'DueInstantsMissed': {
      const { lastDueAt, count } = event.data;
      return settled(change(state, event.data, (schedule) => decidedUpTo(schedule, lastDueAt, count)));
    }
    case 'ClockPaused': {
      const { jobId, uid, pausedAt, until } = event.data;
      const set = state.status === 'set' ? state : { ...NOTHING_ARMED, jobId, uid };
      const pause = { from: pausedAt, ...(until === undefined ? {} : { until }) };
      return settled({ ...set, pauses: lastOf(withPause(set.pauses ?? [], pause), PAUSES_KEPT) });
    }
    case 'ClockResumed':
      if (state.status === 'blank') return state;
      return settled({ ...state, pauses: endedAt(state.pauses ?? [], event.data.resumedAt) });
    default:
      return state; // an event of a later version
  }
}

const NOTHING_ARMED = { status: 'set', revision: 0, schedules: [] as readonly ArmedSchedule[] } as const;

/**
 * The state with the next due instant that its schedules lead to, by the zone data in use. One that cannot be computed here
 * (its zone is gone from the zone data) is due at `again`, by default at once: firing says what is wrong.
 */
export function settled(state: ClockState, again = -Infinity): ClockState {
  if (state.status === 'blank') return state;
  const { status, jobId, uid, revision, schedules, pauses, decidedByGone, takenByGone } = state;
  const around = pauses === undefined ? { jobId } : { jobId, pauses };
  let nearest = Infinity;
  for (const schedule of schedules) {
    nearest = Math.min(nearest, nextDecision(schedule, around) ?? Math.max(schedule.decidedUpTo + 1, again));
  }
  return {
    status,
    jobId,
    uid,
    revision,
    schedules,
    ...(decidedByGone === undefined ? {} : { decidedByGone }),
    ...(takenByGone === undefined ? {} : { takenByGone }),
    ...(pauses === undefined ? {} : { pauses }),
    ...(nearest === Infinity ? {} : { nextDueAt: nearest }),
  };
}

/** Infinity when it has nothing left to decide, undefined when it cannot be computed here. */
function nextDecision(schedule: ArmedSchedule, around: Surroundings): number | undefined {
  const rule = compiledHere(schedule, around.jobId);
  if (rule === undefined) return undefined;
  const dueAt = nextDueAt(schedule, around.jobId, schedule.decidedUpTo, rule);
  return dueAt === undefined ? Infinity : decideAt(schedule, dueAt, around);
}

function armed(state: ClockState, { data }: ScheduleArmed): ClockState {
  const { jobId, uid, revision, scheduleId, cron, timezone, startingDeadlineSeconds, more } = data;
  const schedule: ArmedSchedule = {
    scheduleId,
    revision,
    cron,
    timezone,
    startingDeadlineSeconds,
    decidedUpTo: data.from - 1,
    ...(data.decided.length > 0 ? { decidedAhead: data.decided } : {}),
    ...(more === undefined ? {} : { more }),
  };
  if (state.status === 'blank') return { status: 'set', jobId, uid, revision, schedules: [schedule] };
  const { takenByGone = [], ...rest } = state;
  const gone = takenByGone.filter((one) => one.scheduleId !== scheduleId);
  return {
    ...{ ...rest, revision, schedules: [...state.schedules, schedule] },
    ...(gone.length === 0 ? {} : { takenByGone: gone }),
  };
}

/** What a revision has to know that has the schedule again. */
function remembering(state: ClockState, { data }: ScheduleDisarmed): ClockState {
  if (state.status === 'blank') return state;
  const { decidedByGone, takenByGone, ...rest } = state;
  const decided = decidedWith(decidedByGone, data);
  const taken = takenWith(takenByGone, data, state.schedules);
  return {
    ...rest,
    ...(decided.length === 0 ? {} : { decidedByGone: decided }),
    ...(taken.length === 0 ? {} : { takenByGone: taken }),
  };
}

/** Later revisions come into force no earlier than this one: what was decided before it does not matter to them. */
function decidedWith(
  known: readonly DecidedByGone[] = [],
  { scheduleId, until, decidedAhead = [] }: ScheduleDisarmed['data'],
): DecidedByGone[] {
  return [...known, { scheduleId, instants: decidedAhead }]
    .map((one) => ({ ...one, instants: one.instants.filter((instant) => instant >= until) }))
    .filter(({ instants }) => instants.length > 0);
}

function takenWith(
  known: readonly TakenByGone[] = [],
  { scheduleId, revision, taken }: ScheduleDisarmed['data'],
  schedules: readonly ArmedSchedule[],
): readonly TakenByGone[] {
  const gone = schedules.find((one) => one.scheduleId === scheduleId && one.revision === revision);
  if (gone === undefined || taken === undefined) return known;
  const { cron, timezone, more } = gone;
  const rule = { cron, timezone, ...(more === undefined ? {} : { more }) };
  return [...known, { scheduleId, rule, taken }].slice(-COUNTS_KEPT);
}

function disarmed(schedule: ArmedSchedule, { data }: ScheduleDisarmed): ArmedSchedule | undefined {
  return data.lastDueAt === undefined
    ? undefined
    : { ...schedule, closed: { until: data.until, lastDueAt: data.lastDueAt } };
}

function decidedUpTo(schedule: ArmedSchedule, instant: number, count: number): ArmedSchedule | undefined {
  // Nearly all; a copy that leaves fields out costs five times as much.
  if ((schedule.decidedAhead ?? schedule.more ?? schedule.closed) === undefined)
    return { ...schedule, decidedUpTo: instant };
  const { decidedAhead, more, ...rest } = schedule;
  const runsLeft = more?.runsLeft === undefined ? undefined : Math.max(more.runsLeft - count, 0);
  if (schedule.closed !== undefined && (instant >= schedule.closed.lastDueAt || runsLeft === 0))
    return undefined;
  const ahead = decidedAhead?.filter((decided) => decided > instant) ?? [];
  return {
    ...rest,
    decidedUpTo: instant,
    ...(ahead.length > 0 ? { decidedAhead: ahead } : {}),
    ...(more === undefined ? {} : { more: runsLeft === undefined ? more : { ...more, runsLeft } }),
  };
}

/** Replaces the one schedule meant, or drops it. */
function change(
  state: ClockState,
  which: { readonly scheduleId: string; readonly revision: number },
  to: (schedule: ArmedSchedule) => ArmedSchedule | undefined,
): ClockState {
  if (state.status === 'blank') return state;
  const schedules: ArmedSchedule[] = [];
  for (const schedule of state.schedules) {
    const meant = schedule.scheduleId === which.scheduleId && schedule.revision === which.revision;
    const changed = meant ? to(schedule) : schedule;
    if (changed !== undefined) schedules.push(changed);
  }
  return { ...state, schedules };
}
