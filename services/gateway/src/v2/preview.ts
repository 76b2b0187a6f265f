import { compileSchedule, type DueInstant, type ScheduleFields } from '@carillon/time';

export interface Preview {
  readonly kind: string;
  /** The rule in normal form. */
  readonly normal: string;
  readonly description: string;
  readonly instants: readonly DueInstant[];
}

const NEVER = Date.UTC(2500, 0);

/** The next due instants of a schedule of any kind. Throws what compiling it throws. */
export function previewSchedule(
  schedule: ScheduleFields,
  { after, count, jobId }: { after: number; count: number; jobId?: string | undefined },
): Preview {
  const compiled = compileSchedule(schedule, jobId);
  return {
    kind: compiled.kind,
    normal: compiled.normal,
    description: compiled.describe(),
    instants: compiled.between(after + 1, NEVER, count),
  };
}
