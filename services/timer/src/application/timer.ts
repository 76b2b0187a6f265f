import { type Loop, retrying } from '@carillon/service-runtime';
import { startDecisionMetrics } from './decision-metrics.js';
import type { TimerLoop } from './timer-loop.js';

export interface TimerParts {
  readonly loop: TimerLoop;
  /** What runs besides: the consumer of jobs, the relay of decisions. */
  readonly others: readonly Loop[];
  /** Calls back with each instant that some timer armed. */
  readonly listen: (onArmed: (dueAt: number) => void) => Promise<{ close(): Promise<void> }>;
  /** Brings armed rows up to date with the zone data in use. */
  readonly rearm: () => Promise<void>;
}

/** Everything that runs in a timer, started and stopped together. */
export class Timer {
  readonly #parts: TimerParts;
  readonly #stopping = new AbortController();
  #listening: { close(): Promise<void> } | undefined;
  #rearming: Promise<void> | undefined;

  constructor(parts: TimerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { loop, others, listen, rearm } = this.#parts;
    startDecisionMetrics();
    this.#listening = await listen((dueAt) => loop.armedFor(dueAt));
    loop.start();
    for (const other of others) other.start();
    const { signal } = this.#stopping;
    this.#rearming = retrying({ signal }, rearm).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const { loop, others } = this.#parts;
    await this.#listening?.close();
    await Promise.all([loop.stop(), ...others.map((other) => other.stop()), this.#rearming]);
  }
}
