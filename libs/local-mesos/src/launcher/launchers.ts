import { availableParallelism } from 'node:os';
import type { JournalEntry } from './journal.js';
import { Launcher, type LauncherKind } from './launcher.js';

export interface LaunchersOptions {
  readonly folder: string;
  readonly kind: LauncherKind;
  /** Their numbers begin after this one. */
  readonly lastNumber: number;
  /** How many at most; as many as pay off here, when left out. */
  readonly most?: number;
  /** Between two readings of a journal, at least. */
  gatherMs(): number;
  onEntries(entries: readonly JournalEntry[]): void;
  /** It has ended; its journal has been read to the end. */
  onEnd(launcher: Launcher): void;
}

/** Each waits out the exec of its child, on another core: one alone leaves half of two cores idle, three gain nothing. */
const MOST = Math.min(2, availableParallelism());
/** With more than this in the hands of each, another launcher is worth its memory. */
const ENOUGH_IN_HAND = 8;
const ROTATE_JOURNAL_BYTES = 8 * 1024 * 1024;

/** The launchers of an agent that take requests. The second is started when the first cannot keep up. */
export class Launchers {
  readonly #options: LaunchersOptions;
  readonly #open = new Map<number, Launcher>();
  /** What was assigned to each and has not started. */
  readonly #inHand = new Map<number, Set<string>>();
  #number: number;

  constructor(options: LaunchersOptions) {
    this.#options = options;
    this.#number = options.lastNumber;
    this.#add();
  }

  /** The number of the launcher that is to start this one: of the one with the least to do. */
  assign(id: string): number {
    for (const { number, journalBytes } of this.#open.values()) {
      if (journalBytes > ROTATE_JOURNAL_BYTES) this.#close(number);
    }
    const { most = MOST } = this.#options;
    let least = this.#leastBusy();
    if (least === undefined || (least.inHand.size > ENOUGH_IN_HAND && this.#open.size < most)) {
      least = this.#add();
    }
    least.inHand.add(id);
    return least.number;
  }

  /** It has started, or never will: its launcher has less to do. */
  settle(number: number, id: string): void {
    this.#inHand.get(number)?.delete(id);
  }

  /** None if that launcher has ended or takes no more: then it was never given what is asked for now. */
  find(number: number): Launcher | undefined {
    return this.#open.get(number);
  }

  /** No more requests; those who are waited for end when their commands have, the others are left to themselves. */
  async stop(isIdle: (number: number) => boolean): Promise<void> {
    const launchers = [...this.#open.values()];
    for (const { number } of launchers) this.#close(number);
    await Promise.all(launchers.filter(({ number }) => isIdle(number)).map(({ ended }) => ended));
    for (const launcher of launchers) launcher.detach();
  }

  #leastBusy(): { number: number; inHand: Set<string> } | undefined {
    let least: { number: number; inHand: Set<string> } | undefined;
    for (const [number, inHand] of this.#inHand) {
      if (least === undefined || inHand.size < least.inHand.size) least = { number, inHand };
    }
    return least;
  }

  #add(): { number: number; inHand: Set<string> } {
    this.#number += 1;
    const number = this.#number;
    const options = this.#options;
    const launcher: Launcher = new Launcher({
      folder: options.folder,
      number,
      kind: options.kind,
      gatherMs: () => options.gatherMs(),
      onEntries: (entries) => options.onEntries(entries),
      onEnd: () => {
        this.#forget(number);
        options.onEnd(launcher);
      },
    });
    const inHand = new Set<string>();
    this.#open.set(number, launcher);
    this.#inHand.set(number, inHand);
    return { number, inHand };
  }

  #close(number: number): void {
    this.#open.get(number)?.close();
    this.#forget(number);
  }

  #forget(number: number): void {
    this.#open.delete(number);
    this.#inHand.delete(number);
  }
}
