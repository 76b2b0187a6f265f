import type { DueInstantsMissed, RunDue, Schedule } from '@carillon/contracts';
import type { DomainEvent } from '@carillon/event-sourcing';

/** A schedule of a revision decides its due instants from `from` on. */
export type ScheduleArmed = DomainEvent<
  'ScheduleArmed',
  {
    readonly jobId: string;
    readonly uid: string;
    readonly revision: number;
    readonly scheduleId: string;
    readonly cron: string;
    readonly timezone: string;
    readonly startingDeadlineSeconds: number;
    readonly from: number;
    /** Instants from `from` on that the revision before had already decided when this one arrived. */
    readonly decided: readonly number[];
    /** What few schedules have. */
    readonly more?: ScheduleExtras;
  }
>;

export interface ScheduleExtras
  extends Pick<
    Schedule,
    'interval' | 'rrule' | 'at' | 'from' | 'until' | 'excludedCalendar' | 'catchUp' | 'jitterSeconds'
  > {
  /** Due instants that it decides in all, and may still decide. */
  readonly maxRuns?: number;
  readonly runsLeft?: number;
}

/** A schedule decides nothing from `until` on. What lies before and is not decided yet, up to `lastDueAt`, still is. */
export type ScheduleDisarmed = DomainEvent<
  'ScheduleDisarmed',
  {
    readonly revision: number;
    readonly scheduleId: string;
    readonly until: number;
    readonly lastDueAt?: number;
    /** Instants from `until` on that it had decided when the edit arrived: a later revision may have the schedule again. */
    readonly decidedAhead?: readonly number[];
    /** Of a limited number, the instants that it has decided and still will: editing the job keeps the count. */
    readonly taken?: number;
    readonly reason: 'jobRevised' | 'jobRemoved';
  }
>;

export type ClockPaused = DomainEvent<
  'ClockPaused',
  { readonly jobId: string; readonly uid: string; readonly pausedAt: number; readonly until?: number }
>;

export type ClockResumed = DomainEvent<'ClockResumed', { readonly resumedAt: number }>;

export type RunDueEvent = DomainEvent<'RunDue', RunDue>;
export type DueInstantsMissedEvent = DomainEvent<'DueInstantsMissed', DueInstantsMissed>;

/**
 * Why an instant makes no run: its starting deadline had passed; its catch-up policy left it out; the job was paused.
 */
export const MISS_REASONS = ['startingDeadlineExceeded', 'catchUpPolicy', 'paused'] as const;
export type MissReason = (typeof MISS_REASONS)[number];

export type ClockEvent =
  | ScheduleArmed
  | ScheduleDisarmed
  | ClockPaused
  | ClockResumed
  | RunDueEvent
  | DueInstantsMissedEvent;
