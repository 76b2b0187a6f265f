import { invalid } from '@carillon/event-sourcing';
import type { JobCommand } from './job.commands.js';
import type { JobEvent } from './job.events.js';
import type { DefinedJob, JobState } from './job.state.js';
import { changeable, defined } from './job.version.js';
import { problem } from './rules.js';

type Command<Type extends JobCommand['type']> = Extract<JobCommand, { type: Type }>;

/** Closing off the runs of a job takes moments; who has not removed it by then has given up. */
const REMOVAL_MS = 30_000;
/** Of a reason: it is published. */
const MOST_CHARACTERS = 10_000;

/** A pause replaces an earlier one; one that says the same changes nothing. */
export function pause(command: Command<'PauseJob'>, state: JobState): JobEvent[] {
  const { jobId, until, reason, expected } = command;
  const job = changeable(defined(state, jobId), expected, command.now);
  const now = pauseChangeAt(job, command.now);
  const problems = [...untilProblems(until, now), ...reasonProblems(reason)];
  if (problems.length > 0) throw invalid('pauseInvalid', 'Object is not valid', { problems });
  const current = currentPause(job, now);
  if (current && current.until === until && current.reason === reason) return [];
  const data = { jobId, uid: job.uid, pausedAt: now };
  const given = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
  return [{ type: 'JobPaused', data: { ...data, ...given } }];
}

/** Resuming what is not paused, or not any more, changes nothing. */
export function resume({ jobId, expected, now }: Command<'ResumeJob'>, state: JobState): JobEvent[] {
  const job = changeable(defined(state, jobId), expected, now);
  const resumedAt = pauseChangeAt(job, now);
  return currentPause(job, resumedAt)
    ? [{ type: 'JobResumed', data: { jobId, uid: job.uid, resumedAt } }]
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

const untilProblems = (until: number | undefined, now: number) =>
  until !== undefined && until <= now
    ? [problem(['until'], `is ${new Date(until).toISOString()}, expected an instant in the future`)]
    : [];

const reasonProblems = (reason = '') =>
  reason.length > MOST_CHARACTERS
    ? [problem(['reason'], `is ${reason.length} characters, and must be ${MOST_CHARACTERS} at most`)]
    : [];

/** Timers take what comes later as what holds: the clock may have gone back since the last change. */
const pauseChangeAt = (
  { pause: current, pausesChangedAt = current?.pausedAt ?? 0 }: DefinedJob,
  now: number,
) => Math.max(now, pausesChangedAt);

const currentPause = ({ pause: current }: DefinedJob, now: number) =>
  current && (current.until ?? Infinity) > now ? current : undefined;
