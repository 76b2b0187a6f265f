import { isCarillonError } from '@carillon/event-sourcing';

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

export interface RetryOptions extends Partial<Backoff> {
  /** Attempts in all; without end unless told. */
  readonly attempts?: number;
  /** Whether trying again can help; `unavailable` and `conflict` unless told. */
  readonly retryOn?: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  readonly signal?: AbortSignal;
}

/** Bounded exponential with jitter: attempt 1 waits base/2..base ms, each further one twice that, up to maxMs. */
export function backoffMs(attempt: number, { baseMs, maxMs }: Backoff, random: () => number = Math.random) {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return ceiling / 2 + (ceiling / 2) * random();
}

/** Whether the same request may succeed later. */
export const isTransient = (error: unknown): boolean =>
  isCarillonError(error, 'unavailable') || isCarillonError(error, 'conflict');

/** Does `work` until it succeeds, fails for good, runs out of attempts or is aborted; then throws its last error. */
export async function retrying<T>(options: RetryOptions, work: (attempt: number) => Promise<T>): Promise<T> {
  const { baseMs = 20, maxMs = 5_000, attempts = Infinity, retryOn = isTransient, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !retryOn(error) || signal?.aborted) throw error;
      const delayMs = backoffMs(attempt, { baseMs, maxMs });
      options.onRetry?.(error, attempt, delayMs);
      await pause(delayMs, signal);
      if (signal?.aborted) throw error;
    }
  }
}

/** Waits, not at all for what is past; returns early when aborted. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(0, delayMs));
    signal?.addEventListener('abort', finish, { once: true });
  });
}
