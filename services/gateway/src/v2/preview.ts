import { compileSchedule, type OffsetAt, offsetsOf } from '@carillon/time';

export interface PreviewedInstant {
  readonly dueAt: number;
  /** Local wall-clock time minus UTC. */
  readonly offsetMs: number;
  /** `gap`: its local time is skipped that day, so it is due right after; `overlap`: its local time comes twice that day. */
  readonly change: 'gap' | 'overlap' | null;
}

const DAY_MS = 86_400_000;

/** The next due instants of an expression in a zone. Throws `cronInvalid` or `timezoneUnknown`. */
export function previewSchedule(
  schedule: { readonly cron: string; readonly timezone: string },
  after: number,
  count: number,
): { normal: string; instants: PreviewedInstant[] } {
  const compiled = compileSchedule(schedule);
  const wallClock = compileSchedule({ cron: schedule.cron, timezone: 'UTC' });
  const offsetAt = offsetsOf(schedule.timezone);
  const instants: PreviewedInstant[] = [];
  let dueAt = compiled.next(after);
  while (dueAt !== undefined && instants.length < count) {
    const offsetMs = offsetAt(dueAt);
    const matches = wallClock.next(dueAt + offsetMs - 1) === dueAt + offsetMs;
    const change = !matches ? 'gap' : comesTwice(dueAt, offsetAt) ? 'overlap' : null;
    instants.push({ dueAt, offsetMs, change });
    dueAt = compiled.next(dueAt);
  }
  return { normal: compiled.normal, instants };
}

/** Whether another instant near this one has the same local time. */
function comesTwice(instant: number, offsetAt: OffsetAt): boolean {
  const local = instant + offsetAt(instant);
  return [instant - DAY_MS, instant + DAY_MS].some((near) => {
    const other = local - offsetAt(near);
    return other !== instant && other + offsetAt(other) === local;
  });
}
