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

interface Open {
  readonly launcher: Launcher;
  /** What was assigned to it and has not started. */
  readonly inHand: Set<string>;
}

/** The launchers of an agent that take requests. The second is started when the first cannot keep up. */
export class Launchers {
  readonly #options: LaunchersOptions;
  readonly #open = new Map<number, Open>();
  #number: number;

  constructor(options: LaunchersOptions) {
    this.#options = options;
    this.#number = options.lastNumber;
    this.#add();
  }

  /** The number of the launcher that is to start this one: of the one with the least to do. */
  assign(id: string): number {
    for (const { launcher } of this.#open.values()) {
      if (launcher.journalBytes > ROTATE_JOURNAL_BYTES) this.#close(launcher);
    }
    const { most = MOST } = this.#options;
    let least = this.#leastBusy();
    if (least === undefined || (least.inHand.size > ENOUGH_IN_HAND && this.#open.size < most)) {
      least = this.#add();
    }
    least.inHand.add(id);
    return least.launcher.number;
  }

  /** It has started, or never will: its launcher has less to do. */
  settle(number: number, id: string): void {
    this.#open.get(number)?.inHand.delete(id);
  }

  /** None if that launcher has ended or takes no more: then it was never given what is asked for now. */
  find(number: number): Launcher | undefined {
    return this.#open.get(number)?.launcher;
  }

  /** No more requests; those who are waited for end when their commands have, the others are left to themselves. */
  async stop(isIdle: (number: number) => boolean): Promise<void> {
    const launchers = Array.from(this.#open.values(), ({ launcher }) => launcher);
    for (const launcher of launchers) this.#close(launcher);
    await Promise.all(launchers.filter(({ number }) => isIdle(number)).map(({ ended }) => ended));
    for (const launcher of launchers) launcher.detach();
  }

  #leastBusy(): Open | undefined {
    let least: Open | undefined;
    for (const open of this.#open.values()) {
      if (least === undefined || open.inHand.size < least.inHand.size) least = open;
    }
    return least;
  }

  #add(): Open {
    this.#number += 1;
    const options = this.#options;
    const launcher: Launcher = new Launcher({
      folder: options.folder,
      number: this.#number,
      kind: options.kind,
      gatherMs: () => options.gatherMs(),
      onEntries: (entries) => options.onEntries(entries),
      onEnd: () => {
        this.#open.delete(launcher.number);
        options.onEnd(launcher);
      },
    });
    const open: Open = { launcher, inHand: new Set() };
    this.#open.set(launcher.number, open);
    return open;
  }

  #close(launcher: Launcher): void {
    launcher.close();
    this.#open.delete(launcher.number);
  }
}
