import { backoffMs, createLogger, type Loop, metrics, TurnLoop } from '@carillon/service-runtime';
import type { DueClocks } from './due-clocks.js';
import type { FireDueClocks } from './fire-due-clocks.js';

export interface TimerLoopOptions {
  /** Clocks fired in one transaction. */
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly claimers: number;
}

const FIRST_BATCH = 100;
/**
 * The longest sleep. Due-ness is judged by the database's clock, which may be set forward while this process sleeps; and
 * an arming by another timer whose notice was lost is found by then.
 */
export const LONGEST_SLEEP_MS = 30_000;

/** Fires what is due, then sleeps until the nearest due instant or until one is armed that is nearer. Never polls. */
export class TimerLoop implements Loop {
  readonly #fire: FireDueClocks;
  readonly #due: DueClocks;
  readonly #options: TimerLoopOptions;
  readonly #loop: TurnLoop;
  #sleepsUntil = Number.POSITIVE_INFINITY;
  #nearest: { readonly dueAt: number; readonly aheadOfHereMs: number } | undefined;
  #contended = 0;

  constructor(fire: FireDueClocks, due: DueClocks, options: TimerLoopOptions) {
    this.#fire = fire;
    this.#due = due;
    this.#options = options;
    this.#loop = new TurnLoop({
      name: 'timer',
      log: createLogger('timer'),
      turn: (stopping) => this.#turn(stopping),
    });
  }

  start(): void {
    metrics.nextDue.addCallback(this.#observeNextDue);
    this.#loop.start();
  }

  async stop(): Promise<void> {
    metrics.nextDue.removeCallback(this.#observeNextDue);
    await this.#loop.stop();
  }

  /** A clock is due at `dueAt`, says whichever timer set it. Wakes the timer when that is nearer than what it sleeps for. */
  dueAt(dueAt: number): void {
    if (dueAt < this.#sleepsUntil) this.#loop.wake();
  }

  async #turn(stopping: AbortSignal): Promise<number> {
    this.#sleepsUntil = Number.POSITIVE_INFINITY; // whatever is armed from now on may be missed by what follows
    const claimed = await Promise.all(
      Array.from({ length: this.#options.claimers }, () => this.#drain(stopping)),
    );
    const { dueAt, now } = await this.#due.nearest();
    this.#nearest = dueAt === undefined ? undefined : { dueAt, aheadOfHereMs: now - Date.now() };
    if (dueAt !== undefined && dueAt <= now) {
      // Due since just now, or in the hands of another timer, which may fail: look again soon.
      this.#contended = claimed.some((count) => count > 0) ? 0 : this.#contended + 1;
      return this.#contended === 0 ? 0 : backoffMs(this.#contended, { baseMs: 2, maxMs: 250 });
    }
    this.#contended = 0;
    const sleepMs = Math.min((dueAt ?? Number.POSITIVE_INFINITY) - now, LONGEST_SLEEP_MS);
    this.#sleepsUntil = now + sleepMs;
    return sleepMs;
  }

  /** Batch after batch while they are full; a small one first, so that the first of many need not wait for the rest. */
  async #drain(stopping: AbortSignal): Promise<number> {
    const { batchSize } = this.#options;
    let total = 0;
    for (let size = Math.min(FIRST_BATCH, batchSize); !stopping.aborted; size = batchSize) {
      const claimed = await this.#fire.batch(size);
      total += claimed;
      if (claimed < size) break;
    }
    return total;
  }

  readonly #observeNextDue: Parameters<typeof metrics.nextDue.addCallback>[0] = (result) => {
    if (this.#nearest === undefined) return;
    const { dueAt, aheadOfHereMs } = this.#nearest;
    result.observe((dueAt - Date.now() - aheadOfHereMs) / 1000);
  };
}
