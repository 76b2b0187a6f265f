import type { Job, Schedule } from '@carillon/contracts';
import { compileSchedule } from '@carillon/time';
import { presentJobSpec } from '../metronome/job.presenter.js';

/** A job with its version; `spec` is Metronome's job specification, with instants as RFC 3339 has them. */
export const presentJob = (job: Job, now: number) => ({
  uid: job.uid,
  revision: job.revision,
  createdAt: new Date(job.createdAt).toISOString(),
  definedAt: new Date(job.definedAt).toISOString(),
  spec: {
    ...presentJobSpec(job.spec, now),
    schedules: job.spec.schedules.map((schedule) => presentOwnSchedule(schedule, now)),
  },
});

export function presentOwnSchedule(schedule: Schedule, now: number) {
  const { id, cron, timezone, startingDeadlineSeconds, concurrencyPolicy, enabled } = schedule;
  const next = enabled ? compileSchedule(schedule).next(now) : undefined;
  const nextDueAt = next === undefined ? null : new Date(next).toISOString();
  return { id, cron, timezone, startingDeadlineSeconds, concurrencyPolicy, enabled, nextDueAt };
}

/** The version of a job as an entity tag. */
export const etagOf = ({ uid, revision }: Job) => `"${uid}.${revision}"`;
