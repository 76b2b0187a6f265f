import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { decodeStateRecord, encodeStateRecord, type StateRecord } from './records.js';

/**
 * The durable state, an append-only file. Records gather until the end of the turn of the event loop and go
 * out in one write; what follows from them (events, answers, starting a process) is given to whenWritten()
 * and happens after that write, in order. Survives `kill -9` of this process; it is not synced to disk at
 * every write, because the processes whose fate it tells do not survive the machine either.
 */
export class StateLog {
  readonly #path: string;
  /** None: nothing is written. */
  #fd: number | undefined;
  /** How long the file is. */
  #bytes: number;
  #bytesAfterCompaction = 0;
  #lines: string[] = [];
  #effects: (() => void)[] = [];
  #scheduled = false;

  private constructor(path: string, fd: number | undefined, bytes: number) {
    this.#path = path;
    this.#fd = fd;
    this.#bytes = bytes;
  }

  /** A torn last line (the machine went down) is cut off. */
  static open(path: string): { log: StateLog; records: StateRecord[] } {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) truncateSync(path, end);
    const whole = bytes.toString('utf8', 0, end);
    const records = whole
      .split('\n')
      .filter((line) => line !== '')
      .map(decodeStateRecord);
    return { log: new StateLog(path, openSync(path, 'a'), end), records };
  }

  /** Has no file: what follows from a record comes in the same order and as soon. */
  static withoutFile(): StateLog {
    return new StateLog('', undefined, 0);
  }

  append(record: StateRecord): void {
    if (this.#fd === undefined) return;
    this.#lines.push(`${encodeStateRecord(record)}\n`);
    this.#schedule();
  }

  whenWritten(effect: () => void): void {
    this.#effects.push(effect);
    this.#schedule();
  }

  flush(): void {
    if (this.#fd !== undefined && this.#lines.length > 0) {
      this.#bytes += written(this.#fd, this.#lines.join(''), this.#bytes);
      this.#lines = [];
    }
    const effects = this.#effects;
    this.#effects = [];
    for (const effect of effects) effect();
  }

  get wantsCompaction(): boolean {
    return this.#bytes > 16 * 1024 * 1024 && this.#bytes > 4 * this.#bytesAfterCompaction;
  }

  /** Replaces the file by these records, which say the same as all of it. */
  compact(records: Iterable<StateRecord>): void {
    this.flush();
    if (this.#fd === undefined) return;
    const next = `${this.#path}.next`;
    const fd = openSync(next, 'w');
    let bytes = 0;
    try {
      for (const record of records) bytes += written(fd, `${encodeStateRecord(record)}\n`, bytes);
      fsyncSync(fd);
      renameSync(next, this.#path);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#bytes = bytes;
    this.#bytesAfterCompaction = bytes;
  }

  close(): void {
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

/** All of it, and how many bytes that are; or nothing, as the next line would be appended to a torn one (a full disk). */
function written(fd: number, text: string, end: number): number {
  const bytes = Buffer.from(text);
  try {
    writeFileSync(fd, bytes); // a single write may be a short one
  } catch (error) {
    ftruncateSync(fd, end);
    throw error;
  }
  return bytes.length;
}
