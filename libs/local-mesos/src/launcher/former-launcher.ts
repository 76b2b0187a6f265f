import { type JournalEntry, JournalReader } from './journal.js';
import { isSameProcess, runsWith } from './process-identity.js';

export interface FormerLauncherEvents {
  onEntries(entries: readonly JournalEntry[]): void;
  /** It is certain that the launcher never started this one, and never will. */
  onNeverRun(id: string): void;
  /** It has run, or may have, and how it ended is lost. */
  onUnseenEnd(id: string): void;
  /** Nothing more is to be learned from this journal, and all that was has been told. */
  onSettled(): void;
}

const POLL_MS = 100;
const ASK_AGAIN_MS = 1_000;

/**
 * The journal of a launcher that takes no more requests: of a process before this one, or killed. It may
 * still be alive, waiting for its commands; then its journal grows. If it is dead, its commands may live on.
 */
export class FormerLauncher {
  readonly #events: FormerLauncherEvents;
  readonly #journal: JournalReader;
  /** What became of the tasks that are watched. */
  readonly #watched = new Map<string, { givenOut: boolean; pid?: number; startedAt?: number }>();
  readonly #path: string;
  #launcherPid: number | undefined;
  #noMoreRequests = false;
  #seenAliveUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, events: FormerLauncherEvents) {
    this.#path = path;
    this.#journal = new JournalReader(path);
    this.#events = events;
  }

  watch(id: string): void {
    this.#watched.set(id, { givenOut: false });
  }

  start(): void {
    this.#poll();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#journal.close();
  }

  // Whether the launcher lives is looked at before its journal is read: what it wrote last is then seen.
  // (A launcher that has not written its pid was given nothing.)
  #poll(): void {
    if (this.#launcherPid === undefined) this.#read();
    const alive = this.#isAlive();
    this.#read();
    this.#settleTasks(alive);
    if (this.#watched.size > 0 || alive) {
      this.#timer = setTimeout(() => this.#poll(), POLL_MS);
      if (this.#watched.size === 0) this.#timer.unref();
      return;
    }
    this.stop();
    this.#events.onSettled();
  }

  // Asked once a second: without /proc it costs a process.
  #isAlive(): boolean {
    const now = performance.now();
    if (now < this.#seenAliveUntil) return true;
    const alive = this.#launcherPid !== undefined && runsWith(this.#launcherPid, this.#path);
    if (alive) this.#seenAliveUntil = now + ASK_AGAIN_MS;
    return alive;
  }

  #read(): void {
    const entries = this.#journal.readNew();
    for (const entry of entries) this.#note(entry);
    if (entries.length > 0) this.#events.onEntries(entries);
  }

  #note(entry: JournalEntry): void {
    switch (entry.kind) {
      case 'launcherStarted':
        this.#launcherPid = entry.pid;
        break;
      case 'givenOut':
        for (const id of entry.ids) this.#update(id, { givenOut: true });
        break;
      case 'started':
        this.#update(entry.id, { givenOut: true, pid: entry.pid, startedAt: entry.at });
        break;
      case 'exited':
        this.#watched.delete(entry.id);
        break;
      case 'noMoreRequests':
        this.#noMoreRequests = true;
        break;
      case 'launcherEnded':
        this.#launcherPid = undefined;
        break;
      case 'notStarted':
        break;
    }
  }

  #update(id: string, found: { givenOut: boolean; pid?: number; startedAt?: number }): void {
    if (this.#watched.has(id)) this.#watched.set(id, found);
  }

  #settleTasks(alive: boolean): void {
    for (const [id, { givenOut, pid, startedAt }] of this.#watched) {
      if (!givenOut) {
        if (alive && !this.#noMoreRequests) continue;
        this.#watched.delete(id);
        this.#events.onNeverRun(id);
      } else if (
        !alive &&
        !(pid !== undefined && startedAt !== undefined && isSameProcess(pid, startedAt, id))
      ) {
        this.#watched.delete(id);
        this.#events.onUnseenEnd(id);
      }
    }
  }
}
