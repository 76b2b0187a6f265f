import type { RunSpec } from '@carillon/contracts';
import { type ActiveRun, currentAttempt } from '../run/run.state.js';

interface RunOfJob {
  readonly run: ActiveRun;
}

/** The run whose attempt has a volume that another run of the job, with these paths, is to have. */
export function holderOf<R extends RunOfJob>(
  containerPaths: readonly string[],
  runsOfJob: Iterable<R>,
): R | undefined {
  if (containerPaths.length === 0) return undefined;
  for (const other of runsOfJob) {
    const held = currentAttempt(other.run)?.volumes ?? [];
    if (held.some(({ containerPath }) => containerPaths.includes(containerPath))) return other;
  }
  return undefined;
}

export const persistentPaths = ({ volumes }: RunSpec): string[] =>
  volumes.flatMap(({ containerPath, persistent }) => (persistent === undefined ? [] : [containerPath]));
