/**
 * How many tasks an agent may be starting at once. Declared cpus say nothing about it: an agent that is given 1,000
 * command tasks at once fails half of them, one that is given 4 fails none; an agent without process isolation starts
 * hundreds. So the window is found out as TCP finds out its own: it grows by one with each quick start while it is in
 * use (doubling per round), shrinks once per round when starts become slow, and falls to the minimum when an executor
 * does not register in time. Pure.
 */
export interface LaunchWindow {
  readonly size: number;
  /** Starts that were launched before this do not shrink the window: they say what is known already. */
  readonly shrunkAt: number;
}

export interface WindowLimits {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Up to here a start, from launch to the first word of its executor, is quick. */
  readonly quickMs: number;
  /** From here on it is slow. */
  readonly slowMs: number;
}

/**
 * A real agent on two cores starts about 13 command tasks a second, and no faster with more at once: at 16 they take a
 * second, at 100 seven. Executors are given up after a minute.
 */
export const defaultWindowLimits: WindowLimits = {
  initial: 16,
  min: 2,
  max: 512,
  quickMs: 1_000,
  slowMs: 5_000,
};

export const openWindow = ({ initial }: WindowLimits): LaunchWindow => ({ size: initial, shrunkAt: 0 });

/** After a task that was launched at `launchedAt` was heard of; `inFlight`: tasks being started then, it included. */
export function afterStart(
  window: LaunchWindow,
  { launchedAt, now, inFlight }: { launchedAt: number; now: number; inFlight: number },
  limits: WindowLimits,
): LaunchWindow {
  const tookMs = now - launchedAt;
  if (tookMs <= limits.quickMs) {
    const used = inFlight * 2 >= window.size;
    return used ? { ...window, size: Math.min(limits.max, window.size + 1) } : window;
  }
  if (tookMs < limits.slowMs || launchedAt < window.shrunkAt) return window;
  return { size: Math.max(limits.min, Math.floor(window.size * 0.7)), shrunkAt: now };
}

/** After the agent could not start what it was given. */
export const afterOverload = (window: LaunchWindow, now: number, { min }: WindowLimits): LaunchWindow => ({
  size: Math.min(window.size, min),
  shrunkAt: now,
});
