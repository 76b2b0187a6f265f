import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JournalReader, type JournalEntry } from './journal.js';

export interface StartRequest {
  /** Not used twice in a data folder. */
  readonly id: string;
  readonly sandbox: string;
  /** Looked up in PATH if it has no slash. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface LauncherOptions {
  readonly folder: string;
  readonly number: number;
  readonly kind: LauncherKind;
  /** Between two readings of the journal, at least. */
  gatherMs(): number;
  onEntries(entries: readonly JournalEntry[]): void;
  /** The process has ended; its journal has been read to the end. */
  onEnd(): void;
}

export type LauncherKind = 'python' | 'node';

const MOST_IN_ONE_WRITE = 64;

const scripts = new URL('../../launcher/', import.meta.url);

/** Python starts more processes per second. */
export function preferredLauncher(): LauncherKind {
  return python() === undefined ? 'node' : 'python';
}

/** Without site packages and what the environment says of Python. */
const BARE = ['-I', '-S'];
const PROBE =
  "import os; os.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', 'exit 0'], {}, setsid=True), 0)[1] == 0 or exit(1)";
let found: { readonly python: string | undefined } | undefined;

/** The system's Python 3.8 or later, or the first in PATH; looked for once. */
function python(): string | undefined {
  found ??= {
    python: ['/usr/bin/python3', 'python3'].find(
      (file) => spawnSync(file, [...BARE, '-c', PROBE], { stdio: 'ignore', timeout: 5_000 }).status === 0,
    ),
  };
  return found.python;
}

export function journalPath(folder: string, number: number): string {
  return join(folder, `${number}.journal`);
}

/**
 * The small process that starts commands. It is in a session of its own and does not end with this process:
 * when its stdin ends it stays until its last command has ended, and goes on writing its journal.
 */
export class Launcher {
  readonly number: number;
  readonly #process: ChildProcess;
  readonly #journal: JournalReader;
  readonly #options: LauncherOptions;
  readonly ended: Promise<undefined>;
  #readScheduled = false;
  #readAt = -Infinity;
  #outgoing: string[] = [];
  /** Requests wait until the launcher has written its pid: one without a pid has surely started nothing. */
  #waiting: string[] | undefined = [];
  #closing = false;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.number = options.number;
    const path = journalPath(options.folder, options.number);
    this.#journal = new JournalReader(path);
    const log = openSync(join(options.folder, 'launcher.log'), 'a');
    const [file, flags, script]: [string, readonly string[], string] =
      options.kind === 'python'
        ? [python() ?? 'python3', BARE, 'launcher.py']
        : [process.execPath, [], 'launcher.mjs'];
    this.#process = spawn(file, [...flags, fileURLToPath(new URL(script, scripts)), path], {
      stdio: ['pipe', 'pipe', log],
      detached: true,
      cwd: '/',
    });
    closeSync(log);
    this.#process.stdout?.on('data', () => this.#readSoon());
    this.#process.stdin?.on('error', () => undefined); // it has ended: onEnd tells what became of the requests
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.ended = promise;
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      this.#read();
      this.#journal.close();
      options.onEnd();
      resolve(undefined);
    };
    this.#process.once('exit', end);
    this.#process.once('error', end);
  }

  /** It has written its pid, so it does run. */
  get hasStarted(): boolean {
    return this.#waiting === undefined;
  }

  get journalBytes(): number {
    return this.#journal.bytes;
  }

  start(request: StartRequest): void {
    const { id, sandbox, file, environment, argv } = request;
    let variables = '';
    let count = 0;
    for (const name in environment) {
      variables += `\0${name}=${environment[name]}`;
      count += 1;
    }
    const payload = `${id}\0${sandbox}\0${file}\0${count}${variables}\0${argv.join('\0')}`;
    const framed = `${Buffer.byteLength(payload)}\n${payload}`;
    if (this.#waiting === undefined) this.#send(framed);
    else this.#waiting.push(framed);
  }

  #send(framed: string): void {
    this.#outgoing.push(framed);
    if (this.#outgoing.length === 1) queueMicrotask(() => this.#flush());
    else if (this.#outgoing.length >= MOST_IN_ONE_WRITE) this.#flush();
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return;
    this.#process.stdin?.write(this.#outgoing.join(''));
    this.#outgoing = [];
  }

  /** No more requests: it ends when its commands have ended, with or without this process. */
  close(): void {
    this.#closing = true;
    this.#flush();
    if (this.#waiting === undefined) this.#process.stdin?.end();
  }

  /** This process may end before the launcher does. What waits for the launcher's first word is not given to it any more. */
  detach(): void {
    if (this.#waiting !== undefined) {
      this.#waiting = undefined;
      this.#process.stdin?.end();
    }
    this.#process.unref();
    this.#process.stdout?.removeAllListeners('data');
    this.#process.stdout?.destroy();
  }

  /** At once when it was quiet; in a storm of starts and ends what gathers is read together. */
  #readSoon(): void {
    if (this.#readScheduled) return;
    this.#readScheduled = true;
    this.#process.stdout?.pause();
    const wait = this.#readAt + this.#options.gatherMs() - performance.now();
    const read = (): void => {
      this.#readScheduled = false;
      this.#process.stdout?.resume();
      this.#read();
    };
    if (wait > 0) setTimeout(read, wait);
    else setImmediate(read);
  }

  #read(): void {
    this.#readAt = performance.now();
    const entries = this.#journal.readNew();
    if (this.#waiting !== undefined && entries.length > 0) {
      this.#process.stdin?.write(this.#waiting.join(''));
      this.#waiting = undefined;
      if (this.#closing) this.#process.stdin?.end();
    }
    if (entries.length > 0) this.#options.onEntries(entries);
  }
}
