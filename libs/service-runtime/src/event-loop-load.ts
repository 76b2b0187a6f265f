import { performance } from 'node:perf_hooks';

/** Says the share of the time since it was last called in which the event loop had work, 0 to 1. */
export function eventLoopLoad(): () => number {
  let seen = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, seen);
    seen = now;
    return utilization;
  };
}
