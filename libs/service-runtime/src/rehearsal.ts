import type { Logger } from 'pino';
import { eventLoopLoad } from './event-loop-load.js';
import { type Loop, TurnLoop } from './loop.js';
import { type Rush, rush as ofProcess } from './rush.js';
import { untraced } from './tracing.js';

/** What a process does in earnest later, done so that nothing is kept of it and nobody hears of it. */
export interface Act {
  readonly name: string;
  /** So many in all … */
  readonly times: number;
  /** … and so many in a turn, which should take no more than some milliseconds. */
  readonly perTurn: number;
  readonly perform: (count: number) => Promise<unknown>;
  /** When it has been performed as often as it should, or failed, or the rehearsal ends. */
  readonly close?: () => Promise<void>;
}

export interface RehearsalOptions {
  readonly acts: readonly Act[];
  readonly log: Pick<Logger, 'warn' | 'error' | 'info' | 'debug'>;
  /** Goes first; that of the process unless told. */
  readonly rush?: Pick<Rush, 'calm'>;
  /** The share of the time since it was last called in which this process had work, 0 to 1; of its event loop unless told. */
  readonly load?: () => number;
  /** Afterwards, once; a full collection unless told, where Node lets one ask for it (`--expose-gc`). */
  readonly tidyUp?: () => void;
}

/** Whoever waits for the start goes first. */
const AFTER_MS = 200;
const PAUSE_MS = 2;
/** A process that has more to do in a pause is at work in earnest. It is looked at again after a while … */
const BUSY = 0.5;
const LATER_MS = 20;
/** … so many times: then it has learned from its work what there was to rehearse. */
const LOOKS = 500;

/**
 * Performs each act once, after a start, a few times in a turn, in the pauses of a process that is not busy yet. Node
 * compiles a function well once it has run some hundred times: a process that has just started would do that in the middle
 * of its first burst, and has it behind it after a rehearsal. What the start and this leave is collected then: else that
 * comes, over some 50 ms, in the middle of what is asked first. An act that fails is left out: what it needs may be away
 * for a moment, and is then better left alone.
 */
export class Rehearsal implements Loop {
  readonly #options: RehearsalOptions;
  readonly #load: () => number;
  readonly #loop: TurnLoop;
  readonly #acts: Act[];
  #performed = 0;
  #begun = false;
  #looks = LOOKS;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#load = options.load ?? eventLoopLoad();
    this.#acts = [...options.acts];
    this.#loop = new TurnLoop({
      name: 'rehearsal',
      log: options.log,
      turn: (stopping) => this.#turn(stopping),
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#end();
  }

  async #turn(stopping: AbortSignal): Promise<number> {
    if (!this.#begun) {
      this.#begun = true;
      return AFTER_MS;
    }
    const { rush = ofProcess, tidyUp = () => globalThis.gc?.() } = this.#options;
    await rush.calm(stopping);
    if (stopping.aborted) return Infinity;
    if (this.#load() > BUSY) {
      this.#looks -= 1;
      if (this.#looks > 0) return LATER_MS;
      await this.#end();
      return Infinity;
    }
    const [act] = this.#acts;
    if (!act) {
      tidyUp();
      return Infinity;
    }
    if (!(await this.#perform(act))) await this.#next();
    this.#load();
    return PAUSE_MS;
  }

  /** Whether there is more of this act. */
  async #perform(act: Act): Promise<boolean> {
    const count = Math.min(act.perTurn, act.times - this.#performed);
    try {
      await untraced(() => act.perform(count));
    } catch (error) {
      this.#options.log.warn({ err: error }, `rehearsing ${act.name} failed, and is left out`);
      return false;
    }
    this.#performed += count;
    return this.#performed < act.times;
  }

  async #next(): Promise<void> {
    this.#performed = 0;
    await this.#acts.shift()?.close?.();
  }

  async #end(): Promise<void> {
    await this.#next();
    this.#acts.length = 0;
  }
}
