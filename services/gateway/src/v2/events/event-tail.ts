import type { HistoryApi } from '@carillon/contracts';
import { TurnLoop, createLogger } from '@carillon/service-runtime';

const POLL_MS = 200;
const PAGE = 1000;

/**
 * Watches the end of history's table of events for all who wait for more: one question at a time, however many they are,
 * and none while nobody waits.
 */
export class EventTail {
  readonly #history: Pick<HistoryApi, 'listEvents'>;
  readonly #waiting = new Set<() => void>();
  readonly #log = createLogger('gateway');
  readonly #loop: TurnLoop;
  #known: number | undefined;

  constructor(history: Pick<HistoryApi, 'listEvents'>) {
    this.#history = history;
    this.#loop = new TurnLoop({
      name: 'watching for events',
      log: this.#log,
      turn: () => this.#turn(),
    });
    this.#loop.start();
  }

  /** Everything up to this position was there before it was said. */
  get known(): number {
    return this.#known ?? 0;
  }

  /** Resolves when there is an event after `position`, when `timeoutMs` have passed or when `signal` aborts. */
  wait(position: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.known > position || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
      this.#loop.wake();
    });
  }

  /**
   * History's events end at `end`: said in answer to a question before which `known` was known. Before it they end only when
   * history's database is that of an older day; its next events have positions that were told already.
   */
  endsAt(end: number, known: number): void {
    if (end >= known || this.known < known) return;
    this.#log.warn(
      { known, end },
      'the events of history end before the last one told: streams go on from there',
    );
    this.#known = end;
    for (const done of this.#waiting) done();
  }

  async close(): Promise<void> {
    await this.#loop.stop();
    for (const done of this.#waiting) done();
  }

  async #turn(): Promise<number> {
    if (this.#waiting.size === 0) return Infinity;
    this.#known ??= await this.#nearTheEnd();
    const known = this.#known;
    const { events, end = known } = await this.#history.listEvents({ after: known, limit: PAGE });
    const last = events.at(-1);
    if (last === undefined) {
      this.endsAt(end, known);
      return POLL_MS;
    }
    this.#known = last.position;
    for (const done of this.#waiting) done();
    return events.length < PAGE ? POLL_MS : 0;
  }

  /** A position less than a page before the last one, found by halving: what lies before may be long. */
  async #nearTheEnd(): Promise<number> {
    const isBeforeEnd = async (after: number) =>
      (await this.#history.listEvents({ after, limit: 1 })).events.length > 0;
    let low = 0;
    let high = PAGE;
    while (await isBeforeEnd(high)) {
      low = high;
      high *= 2;
    }
    while (high - low > PAGE) {
      const middle = Math.floor((low + high) / 2);
      if (await isBeforeEnd(middle)) low = middle;
      else high = middle;
    }
    return low;
  }
}
