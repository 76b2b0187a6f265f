import type { KeepVolumes } from '../job-runs/job-runs.commands.js';
import type { RunEvent } from '../run/run.events.js';
import { currentAttempt, type RunState } from '../run/run.state.js';

/**
 * What an event of a run says of its volumes. They are kept once the attempt runs, or has ended and may have run; those
 * of an attempt that certainly never did hold nothing, and are not missed.
 */
export function volumesToKeep(before: RunState, event: RunEvent): KeepVolumes | undefined {
  const mayHaveWritten =
    event.type === 'AttemptStarted' || (event.type === 'AttemptEnded' && event.data.neverStarted !== true);
  if (!mayHaveWritten || before.status === 'none') return undefined;
  const attempt = currentAttempt(before);
  if (attempt?.volumes === undefined) return undefined;
  const { agentId, hostname } = attempt;
  const { jobId, uid, revision } = before;
  const volumes = attempt.volumes.map((volume) => ({ ...volume, agentId, hostname }));
  return { type: 'KeepVolumes', jobId, uid, revision, volumes };
}
