import type { Schedule } from '@carillon/contracts';
import { nextDue } from '../next-due.js';
import { timestamp } from './timestamps.js';

/** Metronome knows no other kind of schedule, and its clients need `cron` to be one. */
export const isCron = (schedule: Schedule) => schedule.cron !== '';

/**
 * `nextRunAt` is the next due instant after `now`, enabled or not; absent when there is none any more, or it cannot be
 * computed.
 */
export function presentSchedule(schedule: Schedule, jobId: string, now: number): object {
  const { at } = nextDue(schedule, jobId, now);
  return {
    id: schedule.id,
    cron: schedule.cron,
    timezone: schedule.timezone,
    startingDeadlineSeconds: schedule.startingDeadlineSeconds,
    // All others keep a run from being beside another.
    concurrencyPolicy: schedule.concurrencyPolicy === 'ALLOW' ? 'ALLOW' : 'FORBID',
    enabled: schedule.enabled,
    ...(at === undefined ? {} : { nextRunAt: timestamp(at) }),
  };
}
