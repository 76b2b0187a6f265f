import { CronRule } from './cron/cron-rule.js';
import { ScheduleCache } from './schedule-cache.js';
import { Zone } from './zone/zone.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What every kind of schedule answers. Instants are epoch milliseconds UTC. */
export interface Recurrence {
  /** The first due instant strictly after `after`; undefined when there is none. */
  next(after: number): number | undefined;
}

/** A cron expression in a zone. Immutable and shared between equal schedules. */
export interface CompiledSchedule extends Recurrence {
  /** The canonical text of the expression. */
  readonly normal: string;
  readonly timezone: string;
}

/**
 * Compiles a cron expression (Metronome's dialect, see README) in an IANA zone.
 * Throws CarillonError `invalid` with code `cronInvalid` or `timezoneUnknown`.
 */
export function compileSchedule(schedule: {
  readonly cron: string;
  readonly timezone: string;
}): CompiledSchedule {
  const { cron, timezone } = schedule;
  const known = schedules.get(timezone, cron);
  if (known) return known;
  const compiled = new ZonedCron(CronRule.parse(cron), timezone);
  schedules.set(timezone, cron, compiled);
  return compiled;
}

/** About 300 bytes each. */
const schedules = new ScheduleCache<CompiledSchedule>(100_000);

class ZonedCron implements CompiledSchedule {
  readonly timezone: string;
  readonly #rule: CronRule;
  readonly #zone: Zone;

  constructor(rule: CronRule, timezone: string) {
    this.timezone = timezone;
    this.#rule = rule;
    this.#zone = Zone.named(timezone);
  }

  get normal(): string {
    return this.#rule.normal;
  }

  next(after: number): number | undefined {
    if (!(Math.abs(after) <= LATEST)) return undefined;
    this.#zone.know(after, after);
    return this.#rule.interval ? this.#nextByElapsedTime(after) : this.#nextTimeOfDay(after);
  }

  /**
   * Fixed times of day: each local time that matches is due once. One that a zone skips is due at the first instant after
   * the gap; one that a zone repeats is due the first time.
   */
  #nextTimeOfDay(after: number): number | undefined {
    const zone = this.#zone;
    let stretch = zone.stretchAt(after);
    const seenBefore = zone.repeatedUntil(stretch);
    const local = Math.max(after + zone.offsetOf(stretch), seenBefore - 1);
    const match = this.#rule.nextMinute(Math.floor(local / MINUTE_MS)) * MINUTE_MS;
    if (match > LATEST) return undefined;
    zone.know(after, match + DAY_MS);
    stretch = zone.stretchAt(after);
    while (match >= zone.startOf(stretch + 1) + zone.offsetOf(stretch)) stretch++;
    return Math.max(match - zone.offsetOf(stretch), zone.startOf(stretch));
  }

  /** Intervals follow elapsed time: an instant is due when its local time matches, skipped and repeated hours included. */
  #nextByElapsedTime(after: number): number | undefined {
    const zone = this.#zone;
    let stretch = zone.stretchAt(after);
    let match = this.#rule.nextMinute(Math.floor((after + zone.offsetOf(stretch)) / MINUTE_MS));
    for (;;) {
      const instant = match * MINUTE_MS - zone.offsetOf(stretch);
      if (instant > LATEST) return undefined;
      zone.know(after, instant);
      const end = zone.startOf(stretch + 1);
      if (instant < end) return instant;
      stretch++;
      const start = Math.ceil((end + zone.offsetOf(stretch)) / MINUTE_MS);
      const repeats = zone.offsetOf(stretch) < zone.offsetOf(stretch - 1);
      if (repeats || match < start) match = this.#rule.nextMinute(start - 1);
    }
  }
}

/** The year 9999: nothing is computed beyond. */
const LATEST = Date.UTC(9999, 0);
