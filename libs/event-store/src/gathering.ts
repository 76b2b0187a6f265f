export interface GatheringOptions {
  /** Between two pages that did not fill, at least; 5 ms unless told. More is less work for all who consume. */
  readonly gatherMs?: number;
  /**
   * Pages of about so many events, at most 50 ms apart: small ones hold up less those who append. Unless told, pages grow in
   * a storm: 0.5 ms for each event of the last one, up to 250 ms. That is least work, all at once.
   */
  readonly gatherEvents?: number;
}

const GATHER_MS = 5;
export const GATHER_AT_MOST_MS = 50;
const GATHER_MS_PER_EVENT = 0.5;
const GATHER_IN_STORM_MS = 250;

/**
 * When a relay reads its next page. The first event after a quiet time is published at once; those that follow gather
 * instead of going one by one, at least twice as long as the last page took: that leaves a busy machine to those who append.
 */
export class Gathering {
  readonly #atLeastMs: number;
  readonly #events: number | undefined;
  #lastStartedAt = -Infinity;

  constructor({ gatherMs = GATHER_MS, gatherEvents }: GatheringOptions) {
    this.#atLeastMs = gatherMs;
    this.#events = gatherEvents;
  }

  /** After a page of `count` events, read and published from `startedAt` to `endedAt` (ms of one clock). */
  nextAt(count: number, startedAt: number, endedAt: number): number {
    const sinceLastMs = startedAt - this.#lastStartedAt;
    this.#lastStartedAt = startedAt;
    const gathered =
      this.#events === undefined
        ? endedAt + stormMs(count, endedAt - startedAt)
        : startedAt + paceMs(count, sinceLastMs, this.#events);
    return Math.max(endedAt + this.#atLeastMs, gathered);
  }
}

const stormMs = (count: number, tookMs: number) =>
  Math.max(
    Math.min(2 * tookMs, GATHER_AT_MOST_MS),
    Math.min(GATHER_MS_PER_EVENT * count, GATHER_IN_STORM_MS),
  );

/** Until as many as wanted have come, at the pace of the last page. */
const paceMs = (count: number, sinceLastMs: number, wanted: number) =>
  count === 0 ? 0 : Math.min((sinceLastMs / count) * wanted, GATHER_AT_MOST_MS);
