/** Principals that are remembered; beyond them those that have asked for nothing the longest are forgotten. */
const MOST_PRINCIPALS = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** So many requests a second of each principal on average, twice as many at once. */
export class RequestRate {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Undefined: go ahead. Else the whole seconds after which to come back. `now` in ms. */
  take(principal: string, now: number): number | undefined {
    if (this.#perSecond === 0) return undefined;
    const most = this.#perSecond * 2;
    const { tokens, at } = this.#buckets.get(principal) ?? { tokens: most, at: now };
    const refilled = Math.min(most, tokens + (Math.max(0, now - at) / 1000) * this.#perSecond);
    const granted = refilled >= 1;
    this.#buckets.delete(principal); // to the end of the order
    this.#buckets.set(principal, { tokens: granted ? refilled - 1 : refilled, at: now });
    if (this.#buckets.size > MOST_PRINCIPALS) this.#forgetOldest();
    return granted ? undefined : Math.ceil((1 - refilled) / this.#perSecond);
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
