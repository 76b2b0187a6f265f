import type { DueInstantsMissed, RunDue } from '@carillon/contracts';
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
  }
>;

/** A schedule decides nothing from `until` on. What lies before and is not decided yet, up to `lastDueAt`, still is. */
export type ScheduleDisarmed = DomainEvent<
  'ScheduleDisarmed',
  {
    readonly revision: number;
    readonly scheduleId: string;
    readonly until: number;
    readonly lastDueAt?: number;
    readonly reason: 'jobRevised' | 'jobRemoved';
  }
>;

export type RunDueEvent = DomainEvent<'RunDue', RunDue>;
export type DueInstantsMissedEvent = DomainEvent<'DueInstantsMissed', DueInstantsMissed>;

export type ClockEvent = ScheduleArmed | ScheduleDisarmed | RunDueEvent | DueInstantsMissedEvent;
