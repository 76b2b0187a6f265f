import type { Loop } from '@carillon/service-runtime';
import type { Leadership } from './leadership.js';
import { announceMetrics } from './run-metrics.js';

/** The running parts of one instance. */
export class SchedulerFramework {
  readonly #leadership: Leadership;
  readonly #others: readonly Loop[];

  constructor(leadership: Leadership, others: readonly Loop[]) {
    this.#leadership = leadership;
    this.#others = others;
  }

  start(): void {
    announceMetrics();
    for (const loop of this.#others) loop.start();
    this.#leadership.start();
  }

  /** Leads no more before anything else stops: what the term wrote last is still published. */
  async stop(): Promise<void> {
    await this.#leadership.stop();
    await Promise.all(this.#others.map((loop) => loop.stop()));
  }
}
