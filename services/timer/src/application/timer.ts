import { createLogger, type Loop, retrying } from '@carillon/service-runtime';
import { startDecisionMetrics } from './decision-metrics.js';
import type { TimerLoop } from './timer-loop.js';

const log = createLogger('timer');

export interface TimerParts {
  readonly loop: TimerLoop;
  /** What runs besides: the consumer of jobs, the relay of decisions. */
  readonly others: readonly Loop[];
  /** Calls back with each due instant that is new to some timer. */
  readonly listen: (onDue: (dueAt: number) => void) => Promise<{ close(): Promise<void> }>;
  /** Brings the clocks up to date with the zone data in use. */
  readonly settle: () => Promise<void>;
}

/** Everything that runs in a timer, started and stopped together. */
export class Timer {
  readonly #parts: TimerParts;
  readonly #stopping = new AbortController();
  #listening: { close(): Promise<void> } | undefined;
  #settling: Promise<void> | undefined;

  constructor(parts: TimerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { loop, others, listen, settle } = this.#parts;
    startDecisionMetrics();
    this.#listening = await listen((dueAt) => loop.dueAt(dueAt));
    loop.start();
    for (const other of others) other.start();
    const { signal } = this.#stopping;
    this.#settling = retrying({ signal }, settle).catch((error: unknown) => {
      if (!signal.aborted)
        log.error({ err: error }, 'the zone data in use could not be applied to all clocks');
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const { loop, others } = this.#parts;
    await this.#listening?.close();
    await Promise.all([loop.stop(), ...others.map((other) => other.stop()), this.#settling]);
  }
}
