import { compileSchedule } from '@carillon/time';

/** A schedule of one revision, and how far it has decided. Instants are epoch milliseconds. */
export interface ArmedSchedule {
  readonly scheduleId: string;
  readonly revision: number;
  readonly cron: string;
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  /** Every due instant up to and including this one is decided. */
  readonly decidedUpTo: number;
  /** Due instants after `decidedUpTo` that an earlier revision has decided; ascending, nearly always none. */
  readonly decidedAhead?: readonly number[];
  /** Another revision is in force from `until` on; `lastDueAt` is the last instant before it to be decided. */
  readonly closed?: { readonly until: number; readonly lastDueAt: number };
}

/**
 * The nearest due instant of a schedule that is not decided. It follows from the one before, never from the present time,
 * so however late the timer is, no instant is passed over.
 */
export function nextDueAt(schedule: ArmedSchedule, after = schedule.decidedUpTo): number | undefined {
  const rule = compileSchedule(schedule);
  let dueAt = rule.next(after);
  while (dueAt !== undefined && schedule.decidedAhead?.includes(dueAt)) dueAt = rule.next(dueAt);
  return dueAt !== undefined && schedule.closed !== undefined && dueAt >= schedule.closed.until
    ? undefined
    : dueAt;
}
