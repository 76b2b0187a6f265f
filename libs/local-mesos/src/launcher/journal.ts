import { closeSync, openSync, readSync } from 'node:fs';

/** A line of a launcher's journal; launcher/launcher.py says when each is written. Times in milliseconds. */
export type JournalEntry =
  | { readonly kind: 'launcherStarted'; readonly pid: number; readonly at: number }
  | { readonly kind: 'givenOut'; readonly ids: readonly string[] }
  | { readonly kind: 'started'; readonly id: string; readonly pid: number; readonly at: number }
  | { readonly kind: 'notStarted'; readonly id: string; readonly message: string }
  | { readonly kind: 'exited'; readonly id: string; readonly waitStatus: number; readonly at: number }
  | { readonly kind: 'noMoreRequests' }
  | { readonly kind: 'launcherEnded' };

export function parseJournalLine(line: string): JournalEntry | undefined {
  const [letter, first = '', second = '', third = ''] = line.split(' ', 4);
  switch (letter) {
    case 'L':
      return { kind: 'launcherStarted', pid: Number(first), at: instantOf(second) };
    case 'G':
      return { kind: 'givenOut', ids: line.split(' ').slice(1) };
    case 'S':
      return { kind: 'started', id: first, pid: Number(second), at: instantOf(third) };
    case 'E':
      return { kind: 'notStarted', id: first, message: line.slice(first.length + 3) };
    case 'X':
      return { kind: 'exited', id: first, waitStatus: Number(second), at: instantOf(third) };
    case 'Z':
      return { kind: 'noMoreRequests' };
    case 'Q':
      return { kind: 'launcherEnded' };
    default:
      return undefined;
  }
}

const instantOf = (seconds: string): number => Math.round(Number(seconds) * 1000);

/** Reads a journal from its beginning, and what was added since each time it is asked. */
export class JournalReader {
  readonly #fd: number;
  readonly #chunk = Buffer.alloc(64 * 1024);
  #position = 0;
  #rest = '';
  #closed = false;

  /** Creates the file if it is not there. */
  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
  }

  readNew(): JournalEntry[] {
    if (this.#closed) return [];
    const entries: JournalEntry[] = [];
    for (;;) {
      const length = readSync(this.#fd, this.#chunk, 0, this.#chunk.length, this.#position);
      if (length === 0) return entries;
      this.#position += length;
      const lines = (this.#rest + this.#chunk.toString('latin1', 0, length)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const entry = parseJournalLine(line);
        if (entry !== undefined) entries.push(entry);
      }
    }
  }

  get bytes(): number {
    return this.#position;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }
}
