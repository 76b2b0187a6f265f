/** What the timer needs to know of a schedule. */
export interface ScheduleRule {
  readonly id: string;
  readonly cron: string;
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  readonly enabled: boolean;
}

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

/** Decide what is due by `now`. */
export interface Fire {
  readonly type: 'Fire';
  readonly now: number;
}

export type ClockCommand = ReviseSchedules | StopClock | Fire;
