/**
 * An awakening that is not lost: `notify` before `wait` makes the next `wait` return at once, however often it was
 * called. One waiter at a time is meant; several are all awakened.
 */
export class Signal {
  #pending = false;
  readonly #waiters = new Set<() => void>();

  notify(): void {
    if (this.#waiters.size === 0) {
      this.#pending = true;
      return;
    }
    for (const wake of this.#waiters) wake();
  }

  /** Resolves true when notified, false after `timeoutMs` (Infinity: never). */
  wait(timeoutMs: number): Promise<boolean> {
    if (this.#pending) {
      this.#pending = false;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const finish = (notified: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve(notified);
      };
      const wake = () => finish(true);
      const timer = Number.isFinite(timeoutMs)
        ? setTimeout(() => finish(false), Math.min(Math.max(timeoutMs, 0), LONGEST_TIMER_MS))
        : undefined;
      this.#waiters.add(wake);
    });
  }
}

/** Node fires timers with a longer delay at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
