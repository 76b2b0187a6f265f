/** Of Node's timers: 24.8 days. */
const LONGEST_MS = 0x7fffffff;

/** As setTimeout, however long it is; it keeps no process alive. */
export class LongTimeout {
  #timer: NodeJS.Timeout | undefined;

  constructor(act: () => void, delayMs: number) {
    this.#wait(act, performance.now() + delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #wait(act: () => void, at: number): void {
    const leftMs = Math.max(0, at - performance.now());
    const next = leftMs > LONGEST_MS ? () => this.#wait(act, at) : act;
    this.#timer = setTimeout(next, Math.min(leftMs, LONGEST_MS)).unref();
  }
}
