import type { Schedule } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { compileSchedule } from '@carillon/time';

/** The next due instant of a schedule by its rule alone; without one, `problem` says why if it cannot be computed. */
export interface NextDue {
  readonly at?: number | undefined;
  readonly problem?: string;
}

/**
 * What was accepted once may not be understood today: a zone is gone from the zone data, or a later version refuses the
 * rule. Such a schedule must not hide its job, or those beside it.
 */
export function nextDue(schedule: Schedule, jobId: string, after: number): NextDue {
  try {
    return { at: compileSchedule(schedule, jobId).next(after) };
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    return { problem: error.message };
  }
}
