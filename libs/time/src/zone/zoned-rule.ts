import { EARLIEST, LATEST, type Recurrence, type Shift } from '../recurrence.js';
import type { WallClockRule } from './wall-clock-rule.js';
import type { Zone } from './zone.js';

const DAY_MS = 86_400_000;

/** The instants at which a zone's clocks show the local times of a rule (ADR 3). */
export class ZonedRule implements Recurrence {
  readonly #rule: WallClockRule;
  readonly #zone: Zone;

  constructor(rule: WallClockRule, zone: Zone) {
    this.#rule = rule;
    this.#zone = zone;
  }

  next(after: number): number | undefined {
    if (!(after < LATEST)) return undefined;
    const from = Math.max(after, EARLIEST - 1);
    this.#zone.know(from, from);
    return this.#rule.elapsed ? this.#nextByElapsedTime(from) : this.#nextTimeOfDay(from);
  }

  previous(before: number): number | undefined {
    if (!(before > EARLIEST)) return undefined;
    const to = Math.min(before, LATEST);
    return this.#rule.elapsed ? this.#previousByElapsedTime(to) : this.#previousTimeOfDay(to);
  }

  shiftOf(at: number): Shift | undefined {
    if (this.#rule.elapsed) return undefined;
    const local = this.#zone.localOf(at);
    const second = Math.floor(local / 1000);
    return this.#zone.shiftOf(this.#rule.next(second - 1) === second ? local : Number.NaN, at);
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
    const match = this.#rule.next(Math.floor(local / 1000)) * 1000;
    if (match >= LATEST) return undefined;
    zone.know(after, match + DAY_MS);
    stretch = zone.stretchAt(after);
    while (match >= zone.startOf(stretch + 1) + zone.offsetOf(stretch)) stretch++;
    return Math.max(match - zone.offsetOf(stretch), zone.startOf(stretch));
  }

  #previousTimeOfDay(before: number): number | undefined {
    const zone = this.#zone;
    const last = Math.ceil(before) - 1;
    zone.know(last, last);
    let stretch = zone.stretchAt(last);
    const end = Math.max(before + zone.offsetOf(stretch), zone.repeatedUntil(stretch));
    const match = this.#rule.previous(Math.ceil(end / 1000)) * 1000;
    if (match < EARLIEST) return undefined;
    zone.know(match - DAY_MS, last);
    stretch = zone.stretchAt(last);
    while (match < zone.repeatedUntil(stretch)) stretch--;
    return Math.max(match - zone.offsetOf(stretch), zone.startOf(stretch));
  }

  /** Intervals follow elapsed time: an instant is due when its local time matches, skipped and repeated hours included. */
  #nextByElapsedTime(after: number): number | undefined {
    const zone = this.#zone;
    let stretch = zone.stretchAt(after);
    let match = this.#rule.next(Math.floor((after + zone.offsetOf(stretch)) / 1000));
    for (;;) {
      const instant = match * 1000 - zone.offsetOf(stretch);
      if (instant < LATEST) zone.know(after, instant);
      else if (!this.#comesAgain(after, stretch)) return undefined;
      const end = zone.startOf(stretch + 1);
      if (instant < end) return instant;
      stretch++;
      const start = Math.ceil((end + zone.offsetOf(stretch)) / 1000);
      const repeats = zone.offsetOf(stretch) < zone.offsetOf(stretch - 1);
      if (repeats || match < start) match = this.#rule.next(start - 1);
    }
  }

  #previousByElapsedTime(before: number): number | undefined {
    const zone = this.#zone;
    for (let end = before; ; ) {
      const last = Math.ceil(end) - 1;
      zone.know(last, last);
      const offset = zone.offsetOf(zone.stretchAt(last));
      const instant = this.#rule.previous(Math.ceil((end + offset) / 1000)) * 1000 - offset;
      if (instant >= EARLIEST) zone.know(instant, last);
      else if (!this.#cameBefore(last)) return undefined;
      const start = zone.startOf(zone.stretchAt(last));
      if (instant >= start) return instant;
      end = start;
    }
  }

  /** Whether the next stretch shows the local time at an instant of this one again. */
  #comesAgain(instant: number, stretch: number): boolean {
    const zone = this.#zone;
    zone.know(instant, instant + 2 * DAY_MS);
    const again = zone.startOf(stretch + 1) + zone.offsetOf(stretch + 1);
    return again <= instant + zone.offsetOf(stretch);
  }

  /** Whether an earlier stretch has shown the local time at an instant. */
  #cameBefore(instant: number): boolean {
    const zone = this.#zone;
    zone.know(instant - 2 * DAY_MS, instant);
    const stretch = zone.stretchAt(instant);
    return instant + zone.offsetOf(stretch) < zone.repeatedUntil(stretch);
  }
}
