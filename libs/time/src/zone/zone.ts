import { EARLIEST, LATEST, type Shift } from '../recurrence.js';
import { type OffsetAt, offsetsOf } from './offset.js';

const DAY_MS = 86_400_000;
/** Offsets are sampled this often and refined between samples that differ; no zone changes twice within it (tested). */
export const SAMPLE_MS = 6 * DAY_MS;
/** How much more is looked up when a question goes past what is known. */
const EXTENSION_MS = 4 * 365 * DAY_MS;

/**
 * A zone as stretches of constant offset, looked up from Intl once and extended on demand. Stretch i covers
 * `starts[i] <= instant < starts[i + 1]`; indexes stay valid until the next `know`.
 */
export class Zone {
  readonly #offsetAt: OffsetAt;
  #knownFrom = 0;
  #knownTo = 0;
  #starts: number[] = [];
  #offsets: number[] = [];
  #repeatedUntil: number[] = [];
  #last = 0;

  constructor(offsetAt: OffsetAt) {
    this.#offsetAt = offsetAt;
  }

  /** The zone of that IANA name, shared. Throws `timezoneUnknown`. */
  static named(name: string): Zone {
    const key = name.toLowerCase();
    let zone = zones.get(key);
    if (zone === undefined) {
      zone = new Zone(offsetsOf(name));
      zones.set(key, zone);
    }
    return zone;
  }

  /** Makes every change between the two instants known that lies where anything can be due. */
  know(first: number, last: number): void {
    const from = Math.min(Math.max(first, EARLIEST), LATEST);
    const to = Math.min(Math.max(last, EARLIEST), LATEST);
    if (from >= this.#knownFrom && to <= this.#knownTo) return;
    if (this.#starts.length === 0) {
      this.#knownFrom = from - 2 * SAMPLE_MS;
      this.#knownTo = this.#knownFrom;
      this.#offsets = [this.#offsetAt(this.#knownFrom)];
      this.#starts = [Number.NEGATIVE_INFINITY];
    }
    if (from < this.#knownFrom) this.#extendBack(from - EXTENSION_MS);
    if (to > this.#knownTo) this.#extend(to + EXTENSION_MS);
    this.#last = 0;
    this.#repeatedUntil = [Number.NEGATIVE_INFINITY];
    for (let i = 1; i < this.#starts.length; i++) {
      const localEnd = this.startOf(i) + this.offsetOf(i - 1);
      this.#repeatedUntil.push(Math.max(localEnd, this.#repeatedUntil[i - 1] ?? localEnd));
    }
  }

  /** The stretch that an instant lies in; the instant must be known. */
  stretchAt(instant: number): number {
    const guess = this.#last;
    if (instant >= this.startOf(guess) && instant < this.startOf(guess + 1)) return guess;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.startOf(middle) <= instant) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return low;
  }

  /** When the clocks first show a local time (ms since 1970-01-01T00:00 local time): after the gap if they skip it. */
  instantOf(local: number): number {
    this.know(local - DAY_MS, local + 2 * DAY_MS);
    let stretch = this.stretchAt(local - DAY_MS);
    while (local >= this.startOf(stretch + 1) + this.offsetOf(stretch)) stretch++;
    return Math.max(local - this.offsetOf(stretch), this.startOf(stretch));
  }

  /** Local time at an instant, in ms since 1970-01-01T00:00 local time. */
  localOf(instant: number): number {
    this.know(instant, instant);
    return instant + this.offsetOf(this.stretchAt(instant));
  }

  /** What the zone's change of offset did to a local time of which `instant` is the `instantOf`. */
  shiftOf(local: number, instant: number): Shift | undefined {
    if (this.localOf(instant) !== local) return 'gap';
    this.know(instant, instant + 2 * DAY_MS);
    const following = this.stretchAt(instant) + 1;
    return local >= this.startOf(following) + this.offsetOf(following) ? 'overlap' : undefined;
  }

  /** The wall-clock time at an instant, as RFC 3339 has it, to the second. */
  localTimeOf(instant: number): string {
    const offset = this.localOf(instant) - instant;
    const text = new Date(instant + offset).toISOString().slice(0, 19);
    const minutes = Math.round(Math.abs(offset) / 60_000);
    const digits = (value: number) => String(value).padStart(2, '0');
    return `${text}${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
  }

  /** When a stretch begins; infinity past the last known one. */
  startOf(stretch: number): number {
    return this.#starts[stretch] ?? Number.POSITIVE_INFINITY;
  }

  /** Local time minus UTC in a stretch, in milliseconds. */
  offsetOf(stretch: number): number {
    return this.#offsets[stretch] ?? 0;
  }

  /** Local times before this one were already seen in an earlier stretch, so a stretch repeats them. */
  repeatedUntil(stretch: number): number {
    return this.#repeatedUntil[stretch] ?? Number.NEGATIVE_INFINITY;
  }

  #extend(to: number): void {
    let before = this.offsetOf(this.#offsets.length - 1);
    for (; this.#knownTo < to; this.#knownTo += SAMPLE_MS) {
      const after = this.#offsetAt(this.#knownTo + SAMPLE_MS);
      if (after === before) continue;
      this.#starts.push(this.#changeBetween(this.#knownTo, this.#knownTo + SAMPLE_MS, before));
      this.#offsets.push(after);
      before = after;
    }
  }

  #extendBack(from: number): void {
    let after = this.offsetOf(0);
    for (; this.#knownFrom > from; this.#knownFrom -= SAMPLE_MS) {
      const before = this.#offsetAt(this.#knownFrom - SAMPLE_MS);
      if (before === after) continue;
      this.#starts[0] = this.#changeBetween(this.#knownFrom - SAMPLE_MS, this.#knownFrom, before);
      this.#starts.unshift(Number.NEGATIVE_INFINITY);
      this.#offsets.unshift(before);
      after = before;
    }
  }

  /** The first instant, to the second, in (low, high] at which the offset is no longer `before`. */
  #changeBetween(low: number, high: number, before: number): number {
    let same = Math.floor(low / 1000);
    let changed = Math.ceil(high / 1000);
    while (changed - same > 1) {
      const middle = Math.floor((same + changed) / 2);
      if (this.#offsetAt(middle * 1000) === before) same = middle;
      else changed = middle;
    }
    return changed * 1000;
  }
}

/** At most a few hundred: only names that Intl knows get in. */
const zones = new Map<string, Zone>();
