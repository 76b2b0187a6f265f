import type { Schedule } from '@carillon/contracts';

/** What the timer needs to know of a schedule: when it is due, and what becomes of instants that are found late. */
export type ScheduleRule = Pick<
  Schedule,
  | 'id'
  | 'cron'
  | 'interval'
  | 'rrule'
  | 'at'
  | 'timezone'
  | 'from'
  | 'until'
  | 'excludedCalendar'
  | 'startingDeadlineSeconds'
  | 'catchUp'
  | 'maxRuns'
  | 'jitterSeconds'
  | 'enabled'
>;

/** A revision of the job is in force from `definedAt` on. */
export interface ReviseSchedules {
  readonly type: 'ReviseSchedules';
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly definedAt: number;
  readonly schedules: readonly ScheduleRule[];
}

/** The job is no more from `removedAt` on. */
export interface StopClock {
  readonly type: 'StopClock';
  readonly removedAt: number;
}

/** Nothing is due from `pausedAt` on, until `until` where it is given. */
export interface PauseClock {
  readonly type: 'PauseClock';
  readonly jobId: string;
  readonly uid: string;
  readonly pausedAt: number;
  readonly until?: number;
}

export interface ResumeClock {
  readonly type: 'ResumeClock';
  readonly resumedAt: number;
}

/** Decide what is due by `now`. */
export interface Fire {
  readonly type: 'Fire';
  readonly now: number;
}

export type ClockCommand = ReviseSchedules | StopClock | PauseClock | ResumeClock | Fire;
