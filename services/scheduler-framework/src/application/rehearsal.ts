import { type Logger, type Loop, type Rush, TurnLoop } from '@carillon/service-runtime';
import { rehearseRuns } from './rehearse-runs.js';

export interface RehearsalOptions {
  readonly rush: Pick<Rush, 'calm'>;
  /** Runs as many; `rehearseRuns` unless told. */
  readonly rehearse?: (count: number) => Promise<unknown>;
  /** Afterwards, once; a full collection unless told, where Node lets one ask for it (`--expose-gc`). */
  readonly tidyUp?: () => void;
  readonly log: Logger;
}

/** Whoever waits for the start goes first … */
const AFTER_MS = 1_000;
/** … and what comes meanwhile: a turn takes some milliseconds. */
const RUNS_PER_TURN = 10;
/** As many again gained nothing more. */
const RUNS = 600;
const PAUSE_MS = 10;

/**
 * Rehearses runs once, after a start, a few at a time; a rush goes first. What the start and this leave is collected
 * then: else that comes, over some 50 ms, in the middle of what is asked first.
 */
export class Rehearsal implements Loop {
  readonly #loop: TurnLoop;

  constructor({ rush, log, rehearse = rehearseRuns, tidyUp = () => globalThis.gc?.() }: RehearsalOptions) {
    let left = RUNS;
    let begun = false;
    this.#loop = new TurnLoop({
      name: 'rehearsal',
      log,
      turn: async (stopping) => {
        if (!begun) {
          begun = true;
          return AFTER_MS;
        }
        await rush.calm(stopping);
        if (left <= 0 || stopping.aborted) return Infinity;
        await rehearse(Math.min(left, RUNS_PER_TURN));
        left -= RUNS_PER_TURN;
        if (left <= 0) tidyUp();
        return left > 0 ? PAUSE_MS : Infinity;
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
