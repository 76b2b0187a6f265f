import { type ActiveRun, isEnding } from './run.state.js';

/**
 * The other run of its job that this one waits for: with QUEUE any that has begun or came earlier, with REPLACE any
 * that is being stopped. A run that has begun waits for none, so that no two wait for each other.
 */
export function blockerOf<R extends { readonly run: ActiveRun }>(
  of: R,
  runsOfJob: Iterable<R>,
): R | undefined {
  const { run } = of;
  if (run.overlap === undefined || run.attemptCount > 0) return undefined;
  for (const other of runsOfJob) {
    if (other.run.runId === run.runId) continue;
    if (run.overlap === 'REPLACE' ? isEnding(other.run) : hasBegun(other.run) || cameBefore(other.run, run)) {
      return other;
    }
  }
  return undefined;
}

const hasBegun = ({ attemptCount }: ActiveRun) => attemptCount > 0;

function cameBefore(one: ActiveRun, other: ActiveRun): boolean {
  if (one.queuedAt !== other.queuedAt) return one.queuedAt < other.queuedAt;
  if (one.dueAt !== other.dueAt) return one.dueAt < other.dueAt;
  return one.runId < other.runId;
}
