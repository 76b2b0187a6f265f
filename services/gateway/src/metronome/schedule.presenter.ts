import type { Schedule } from '@carillon/contracts';
import { compileSchedule } from '@carillon/time';
import { timestamp } from './timestamps.js';

/** Metronome knows no other kind of schedule, and its clients need `cron` to be one. */
export const isCron = (schedule: Schedule) => schedule.cron !== '';

/**
 * `nextRunAt` is the next due instant after `now`, enabled or not; absent when there is none any more. The compiled
 * schedules are remembered by libs/time.
 */
export function presentSchedule(schedule: Schedule, jobId: string, now: number): object {
  const next = compileSchedule(schedule, jobId).next(now);
  return {
    id: schedule.id,
    cron: schedule.cron,
    timezone: schedule.timezone,
    startingDeadlineSeconds: schedule.startingDeadlineSeconds,
    concurrencyPolicy: schedule.concurrencyPolicy,
    enabled: schedule.enabled,
    ...(next === undefined ? {} : { nextRunAt: timestamp(next) }),
  };
}
