import { APPENDED, type Database, prepared } from '@carillon/event-store';
import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';

const FOLD = prepared(`SELECT gin_clean_pending_list('jobs_by_text')`);

export interface FoldingTimes {
  /** What came last is folded in when nothing has come for so long. */
  readonly quietMs: number;
  /** In a storm: each time costs about as much for thousands of jobs as for hundreds. */
  readonly atLeastEveryMs: number;
}

const TIMES: FoldingTimes = { quietMs: 1_000, atLeastEveryMs: 5_000 };

/**
 * New texts go to the end of a list, which every search reads. When it is long, PostgreSQL folds it into the index in the
 * statement that finds it so, and some creates wait for that: this does it before, beside them.
 */
export class FoldingTexts implements Loop {
  readonly #database: Database;
  readonly #times: FoldingTimes;
  readonly #loop: TurnLoop;
  #stopListening: (() => void) | undefined;
  #newest = -Infinity;
  #oldest: number | undefined = 0; // there may be some from before the start

  constructor(database: Database, times = TIMES) {
    this.#database = database;
    this.#times = times;
    this.#loop = new TurnLoop({
      name: 'folding texts into their index',
      log: createLogger('job-registry'),
      turn: () => this.#turn(),
    });
  }

  start(): void {
    this.#stopListening ??= this.#database.announcements.on(APPENDED, () => {
      this.#newest = performance.now();
      if (this.#oldest !== undefined) return;
      this.#oldest = this.#newest;
      this.#loop.wake();
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    await this.#loop.stop();
  }

  async #turn(): Promise<number> {
    if (this.#oldest === undefined) return Infinity;
    const now = performance.now();
    const { quietMs, atLeastEveryMs } = this.#times;
    const waitMs = Math.min(this.#newest + quietMs, this.#oldest + atLeastEveryMs) - now;
    if (waitMs > 0) return waitMs;
    this.#oldest = undefined;
    await this.#database.query(FOLD);
    return 0;
  }
}
