/** Exponential with full jitter: a random time below a bound that doubles from `minMs` to `maxMs`. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(minMs: number, maxMs: number, random: () => number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  nextMs(): number {
    const bound = Math.min(this.#maxMs, this.#minMs * 2 ** this.#attempt);
    this.#attempt += 1;
    return Math.round(this.#minMs / 2 + this.#random() * (bound - this.#minMs / 2));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
