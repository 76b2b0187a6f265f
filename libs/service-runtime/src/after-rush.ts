import { getHeapStatistics } from 'node:v8';
import type { Logger } from 'pino';
import { eventLoopLoad } from './event-loop-load.js';
import { type Loop, TurnLoop } from './loop.js';
import { type Rush, rush as ofProcess } from './rush.js';

export interface AfterRushOptions {
  readonly log: Pick<Logger, 'warn' | 'error' | 'info' | 'debug'>;
  /** That of the process unless told. */
  readonly rush?: Pick<Rush, 'calm' | 'onBegin'>;
  /** The share of the time since it was last called in which this process had work; of its event loop unless told. */
  readonly load?: () => number;
  /** Bytes that V8 holds of the system. */
  readonly held?: () => number;
  /** Gives back all that can be; where Node lets one ask for that (`--expose-gc`) unless told. */
  readonly giveBack?: () => void;
  /** Monotonic, in milliseconds. */
  readonly clock?: () => number;
}

/** Less is not worth a pause. */
const WORTH_BYTES = 150 * 1024 ** 2;
const LOOK_EVERY_MS = 250;
/** A process that has more to do is not done with what the rush left behind. */
const QUIET = 0.5;
/** Of the time, for pauses of this kind. */
const SHARE = 1 / 100;
/** A process that is at work for so long has collected by itself. */
const LOOKS = 240;

/**
 * Gives the memory that a rush took back to the system once what it left behind is done: V8 keeps it for the next one, and
 * a fifth of a second's pause while little is to do costs less than a hundred megabytes for an hour.
 */
export class AfterRush implements Loop {
  readonly #options: AfterRushOptions;
  readonly #load: () => number;
  readonly #clock: () => number;
  readonly #loop: TurnLoop;
  #forget: (() => void) | undefined;
  /** How often to look for a quiet moment; none while nothing is owed. */
  #looks = 0;
  #notBefore = -Infinity;

  constructor(options: AfterRushOptions) {
    this.#options = options;
    this.#load = options.load ?? eventLoopLoad();
    this.#clock = options.clock ?? (() => performance.now());
    this.#loop = new TurnLoop({
      name: 'giving memory back',
      log: options.log,
      turn: (stopping) => this.#turn(stopping),
    });
  }

  start(): void {
    this.#forget ??= (this.#options.rush ?? ofProcess).onBegin(() => {
      this.#looks = LOOKS;
      this.#loop.wake();
    });
    this.#loop.start();
  }

  stop(): Promise<void> {
    this.#forget?.();
    this.#forget = undefined;
    return this.#loop.stop();
  }

  async #turn(stopping: AbortSignal): Promise<number> {
    if (this.#looks === 0) return Infinity;
    const { rush = ofProcess, held = heldByV8, giveBack = collectAll } = this.#options;
    await rush.calm(stopping);
    if (stopping.aborted) return Infinity;
    const isFirst = this.#looks === LOOKS;
    this.#looks -= 1;
    const isQuiet = this.#load() <= QUIET; // since the last look
    const began = this.#clock();
    if (isFirst || !isQuiet || began < this.#notBefore) return LOOK_EVERY_MS;
    this.#looks = 0;
    if (held() < WORTH_BYTES) return Infinity;
    giveBack();
    this.#notBefore = began + (this.#clock() - began) / SHARE;
    return Infinity;
  }
}

const heldByV8 = () => getHeapStatistics().total_heap_size;

function collectAll(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
