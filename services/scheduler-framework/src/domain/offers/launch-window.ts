import { without } from '../without.js';

/**
 * How many tasks an agent may be starting at once. Declared cpus say nothing about it: an agent that is given 1,000
 * command tasks at once fails half of them, and starts no more in a second with 16 at once than with 4; one without
 * process isolation starts hundreds. So the size is found out: whenever an agent had a full window for a round of
 * starts, their rate is known, and is compared with that of half and of twice the size. A size whose rate is clearly better
 * is kept, and now and then the neighbours are tried again, for agents and their load change. Pure.
 */
export interface LaunchWindow {
  readonly size: number;
  /** Since when. Starts that were launched before this are of another size. */
  readonly since: number;
  /** Starts that were launched before this do not count: they were all launched at once, with nothing before them. */
  readonly countsFrom: number;
  /** Starts while the window was full, counted from the first one that ended. */
  readonly round?: { readonly began: number; readonly starts: number; readonly tookMs: number };
  /** The best that is known; `size` itself but for trials. */
  readonly kept?: { readonly size: number; readonly perMs: number };
  readonly trial?: Direction;
  /** Where there is nothing better to be found, as far as is known. */
  readonly exhausted: readonly Direction[];
  /** Rounds until the neighbours are tried again. */
  readonly rest: number;
  /** How long a start took in the last round, on average. */
  readonly usuallyMs?: number;
}

type Direction = 'up' | 'down';

export interface WindowLimits {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Up to here a start, from launch to the first word of its executor, is quick: fewer at once are not tried. */
  readonly quickMs: number;
  /** From here on it is slow, if it is unusual too. Executors are given up after a minute. */
  readonly slowMs: number;
}

/** A real agent on two cores starts a command task in 90 ms, and about 13 a second from 4 at once on. */
export const defaultWindowLimits: WindowLimits = {
  initial: 16,
  min: 3,
  max: 512,
  quickMs: 100,
  slowMs: 5_000,
};

/** Where the size is to begin with and at most the same, it is that. */
export const windowLimits = ({ initial, max }: Pick<WindowLimits, 'initial' | 'max'>): WindowLimits => ({
  ...defaultWindowLimits,
  ...{ initial, max, min: initial === max ? max : Math.min(defaultWindowLimits.min, initial) },
});

/** A round is as many starts as fit the window, and at least so many. */
const SHORTEST_ROUND = 12;
/**
 * Twice or half as many at once are worth it if the rate grows by this. Half of them are not taken for the same rate: the
 * fewer at once, the smaller the pieces in which runs are launched and recorded, each at a cost.
 */
const GROWN = 1.15;
const UNUSUAL = 4;
const RESTING_ROUNDS = 24;
/** Beyond this from what it was, the rate is of an agent that has changed. */
const CHANGED = { slower: 0.6, faster: 1.6 };

export const openWindow = ({ initial }: WindowLimits): LaunchWindow => ({
  ...{ size: initial, since: 0, countsFrom: 0, exhausted: [], rest: 0 },
});

export interface Start {
  readonly launchedAt: number;
  /** When its executor was heard of first. */
  readonly now: number;
  /** Whether the window was full at some time since its launch: it was the window that limited the rate. */
  readonly full: boolean;
}

/** After a task was heard of for the first time. */
export function afterStart(window: LaunchWindow, start: Start, limits: WindowLimits): LaunchWindow {
  const { launchedAt, now, full } = start;
  if (launchedAt < window.since) return window;
  const took = now - launchedAt;
  if (isSlow(window, took, limits)) return shrunk(window, now, Math.floor(window.size / 2), limits);
  if (!full || launchedAt < window.countsFrom) return window;
  const round = window.round;
  if (round === undefined) return { ...window, round: { began: now, starts: 0, tookMs: 0 } };
  const grown = { began: round.began, starts: round.starts + 1, tookMs: round.tookMs + took };
  if (grown.starts < window.size * Math.ceil(SHORTEST_ROUND / window.size))
    return { ...window, round: grown };
  const measured = {
    perMs: grown.starts / Math.max(1, now - grown.began),
    tookMs: grown.tookMs / grown.starts,
  };
  return afterRound(withoutRound(window), measured, now, limits);
}

/** When something is launched after the agent had nothing to start for a while: what was counted says nothing any more. */
export const afterIdle = (window: LaunchWindow, now: number): LaunchWindow => ({
  ...withoutRound(window),
  countsFrom: now + 1,
});

/** After the agent could not start what it was given. */
export const afterOverload = (window: LaunchWindow, now: number, limits: WindowLimits): LaunchWindow =>
  shrunk(window, now, limits.min, limits);

interface Measured {
  readonly perMs: number;
  readonly tookMs: number;
}

function afterRound(window: LaunchWindow, round: Measured, now: number, limits: WindowLimits): LaunchWindow {
  const { size, kept, trial } = window;
  const seen = { ...window, usuallyMs: round.tookMs };
  const here = { size, perMs: round.perMs };
  const quick = round.tookMs <= limits.quickMs;
  if (kept === undefined) return tryNext({ ...seen, kept: here }, quick, now, limits);
  if (trial === undefined) return afterRest({ ...seen, kept }, here, quick, now, limits);
  const better = round.perMs >= GROWN * kept.perMs;
  const ended = without(seen, 'trial');
  if (!better) {
    return tryNext({ ...ended, kept, exhausted: [...window.exhausted, trial] }, quick, now, limits);
  }
  const exhausted: Direction[] = [trial === 'up' ? 'down' : 'up'];
  // Of several steps, each a little slower, the best rate is what counts.
  const perMs = Math.max(round.perMs, kept.perMs);
  return tryNext({ ...ended, kept: { size, perMs }, exhausted }, quick, now, limits);
}

/** A round at the size that is kept. */
function afterRest(
  window: LaunchWindow & { kept: { size: number; perMs: number } },
  here: { size: number; perMs: number },
  quick: boolean,
  now: number,
  limits: WindowLimits,
): LaunchWindow {
  const { kept, rest } = window;
  const change = here.perMs / kept.perMs;
  const changed = change < CHANGED.slower || change > CHANGED.faster;
  const perMs = changed ? here.perMs : (kept.perMs + here.perMs) / 2;
  const next = { ...window, kept: { ...kept, perMs }, rest: rest - 1 };
  return changed || next.rest <= 0 ? tryNext({ ...next, exhausted: [] }, quick, now, limits) : next;
}

/** On to half or twice what is kept, as long as one of them may be better; else back to it, to rest. */
function tryNext(window: LaunchWindow, quick: boolean, now: number, limits: WindowLimits): LaunchWindow {
  const { kept = { size: window.size, perMs: 0 }, exhausted } = window;
  const order: readonly Direction[] = quick ? ['up'] : ['down', 'up'];
  for (const trial of order) {
    const wanted = trial === 'up' ? kept.size * 2 : Math.floor(kept.size / 2);
    const size = Math.max(limits.min, Math.min(limits.max, wanted));
    if (size !== kept.size && !exhausted.includes(trial)) return { ...window, kept, trial, size, since: now };
  }
  const moved = window.size === kept.size ? {} : { since: now };
  return { ...window, ...moved, kept, size: kept.size, exhausted: [], rest: RESTING_ROUNDS };
}

const isSlow = ({ size, usuallyMs }: LaunchWindow, tookMs: number, { min, slowMs }: WindowLimits) =>
  size > min && usuallyMs !== undefined && tookMs >= slowMs && tookMs >= UNUSUAL * usuallyMs;

/** To be measured anew. */
const shrunk = ({ size, usuallyMs }: LaunchWindow, now: number, to: number, { min }: WindowLimits) => ({
  ...{ size: Math.min(size, Math.max(min, to)), since: now, countsFrom: now, exhausted: [], rest: 0 },
  ...(usuallyMs === undefined ? {} : { usuallyMs }),
});

const withoutRound = (window: LaunchWindow): LaunchWindow => without(window, 'round');
