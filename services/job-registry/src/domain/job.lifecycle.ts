import { invalid } from '@carillon/event-sourcing';
import type { JobCommand } from './job.commands.js';
import type { JobEvent } from './job.events.js';
import type { DefinedJob, JobState } from './job.state.js';
import { changeable, defined } from './job.version.js';

type Command<Type extends JobCommand['type']> = Extract<JobCommand, { type: Type }>;

/** Closing off the runs of a job takes moments; who has not removed it by then has given up. */
const REMOVAL_MS = 30_000;

/** A pause replaces an earlier one; one that says the same changes nothing. */
export function pause(command: Command<'PauseJob'>, state: JobState): JobEvent[] {
  const { jobId, until, reason, expected, now } = command;
  const job = changeable(defined(state, jobId), expected, now);
  if (until !== undefined && until <= now) {
    const message = `is ${new Date(until).toISOString()}, expected an instant in the future`;
    throw invalid('pauseInvalid', 'Object is not valid', { problems: [{ path: ['until'], message }] });
  }
  const current = currentPause(job, now);
  if (current && current.until === until && current.reason === reason) return [];
  const data = { jobId, uid: job.uid, pausedAt: now };
  const given = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
  return [{ type: 'JobPaused', data: { ...data, ...given } }];
}

/** Resuming what is not paused, or not any more, changes nothing. */
export function resume({ jobId, expected, now }: Command<'ResumeJob'>, state: JobState): JobEvent[] {
  const job = changeable(defined(state, jobId), expected, now);
  return currentPause(job, now)
    ? [{ type: 'JobResumed', data: { jobId, uid: job.uid, resumedAt: now } }]
    : [];
}

/** Of several at once one may. */
export function prepareRemoval(
  { jobId, expected, now }: Command<'PrepareRemoval'>,
  state: JobState,
): JobEvent[] {
  const { uid } = changeable(defined(state, jobId), expected, now);
  return [{ type: 'RemovalPrepared', data: { jobId, uid, until: now + REMOVAL_MS } }];
}

export function cancelRemoval({ jobId, uid }: Command<'CancelRemoval'>, state: JobState): JobEvent[] {
  if (state.status !== 'defined' || state.uid !== uid || !state.removal) return [];
  return [{ type: 'RemovalCancelled', data: { jobId, uid } }];
}

const currentPause = ({ pause: current }: DefinedJob, now: number) =>
  current && (current.until ?? Infinity) > now ? current : undefined;
