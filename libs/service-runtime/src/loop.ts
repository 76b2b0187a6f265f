import type { Logger } from 'pino';
import { type Backoff, backoffMs } from './retry.js';
import { Signal } from './signal.js';
import { logLevelOf } from './statuses.js';

/** Background work. Both calls are safe to repeat; `stop` returns when the work in hand is finished. */
export interface Loop {
  start(): void;
  stop(): Promise<void>;
}

export interface TurnLoopOptions {
  readonly name: string;
  readonly log: Pick<Logger, 'warn' | 'error' | 'info' | 'debug'>;
  /** One turn; says after how many milliseconds the next is due at the latest (0: at once, Infinity: when awakened). */
  readonly turn: (stopping: AbortSignal) => Promise<number>;
  /** After a failed turn; 50 ms to 5 s unless told. */
  readonly backoff?: Backoff;
}

/** Takes turns until stopped: at once when awakened or when the last turn said so, backed off after a failure. */
export class TurnLoop implements Loop {
  readonly #options: TurnLoopOptions;
  readonly #signal = new Signal();
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: TurnLoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#stopping = new AbortController();
    this.#running = this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#signal.notify();
    await this.#running;
    this.#running = undefined;
  }

  /** Makes the next turn come at once. Never lost, cheap to repeat. */
  wake(): void {
    this.#signal.notify();
  }

  async #run(stopping: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stopping.aborted) {
      let waitMs: number;
      try {
        waitMs = await this.#options.turn(stopping);
        failures = 0;
      } catch (error) {
        failures += 1;
        waitMs = backoffMs(failures, this.#options.backoff ?? { baseMs: 50, maxMs: 5_000 });
        this.#options.log[logLevelOf(error)](
          { err: error, failures },
          `${this.#options.name} failed, again soon`,
        );
      }
      if (waitMs > 0) await this.#signal.wait(waitMs);
    }
  }
}
