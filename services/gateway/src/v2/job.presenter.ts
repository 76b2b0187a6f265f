import type { Job, JobSpec, Pause, Schedule } from '@carillon/contracts';
import { isoInstant, isoInstantOrNull } from '../iso-instant.js';
import { nextDue } from '../next-due.js';
import { presentRule, presentSpec } from './spec/spec.presenter.js';

/** A job with its version; `spec` with the next due instant of each schedule. */
export const presentJob = (job: Job, now: number) => ({
  uid: job.uid,
  revision: job.revision,
  createdAt: isoInstant(job.createdAt),
  definedAt: isoInstant(job.definedAt),
  pause: presentPause(job.pause, now),
  spec: presentTimedSpec(job.spec, now),
});

const presentTimedSpec = (spec: JobSpec, now: number) => ({
  ...presentSpec(spec),
  schedules: spec.schedules.map((schedule) => presentOwnSchedule(schedule, spec.id, now)),
});

/** `nextDueAt` is by the rule alone: whether a run comes of it, a pause and the policies say. */
export function presentOwnSchedule(schedule: Schedule, jobId: string, now: number) {
  const { at, problem } = nextDue(schedule, jobId, now);
  return {
    ...presentRule(schedule),
    nextDueAt: isoInstantOrNull(schedule.enabled ? at : undefined),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A pause ends by itself. */
function presentPause(pause: Pause | undefined, now: number) {
  if (!pause || (pause.until ?? Infinity) <= now) return null;
  return {
    pausedAt: isoInstant(pause.pausedAt),
    until: isoInstantOrNull(pause.until),
    reason: pause.reason ?? null,
  };
}

/** The version of a job as an entity tag. */
export const etagOf = ({ uid, revision }: Job) => `"${uid}.${revision}"`;
