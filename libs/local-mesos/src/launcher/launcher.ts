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
  onEntries(entries: readonly JournalEntry[]): void;
  /** The process has ended; its journal has been read to the end. */
  onEnd(): void;
}

export type LauncherKind = 'perl' | 'node';

const scripts = new URL('../../launcher/', import.meta.url);

/** Perl starts more processes per second; it is part of the base system of Debian, Ubuntu and macOS. */
export function preferredLauncher(): LauncherKind {
  const probe = spawnSync('perl', ['-MPOSIX', '-e', 'POSIX::getpid() or die'], {
    stdio: 'ignore',
    timeout: 5_000,
  });
  return probe.status === 0 ? 'perl' : 'node';
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
  /** Requests wait until the launcher has written its pid: one without a pid has surely started nothing. */
  #waiting: string[] | undefined = [];
  #closing = false;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.number = options.number;
    const path = journalPath(options.folder, options.number);
    this.#journal = new JournalReader(path);
    const log = openSync(join(options.folder, 'launcher.log'), 'a');
    const [file, script] =
      options.kind === 'perl' ? ['perl', 'launcher.pl'] : [process.execPath, 'launcher.mjs'];
    this.#process = spawn(file, [fileURLToPath(new URL(script, scripts)), path], {
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
    const variables = Object.entries(request.environment).map(([name, value]) => `${name}=${value}`);
    const fields = [
      request.id,
      request.sandbox,
      request.file,
      variables.length,
      ...variables,
      ...request.argv,
    ];
    const payload = fields.join('\0');
    const framed = `${Buffer.byteLength(payload)}\n${payload}`;
    if (this.#waiting === undefined) this.#process.stdin?.write(framed);
    else this.#waiting.push(framed);
  }

  /** No more requests: it ends when its commands have ended, with or without this process. */
  close(): void {
    this.#closing = true;
    if (this.#waiting === undefined) this.#process.stdin?.end();
  }

  /** This process may end before the launcher does. */
  detach(): void {
    this.#process.unref();
    this.#process.stdout?.removeAllListeners('data');
    this.#process.stdout?.destroy();
  }

  #readSoon(): void {
    if (this.#readScheduled) return;
    this.#readScheduled = true;
    setImmediate(() => {
      this.#readScheduled = false;
      this.#read();
    });
  }

  #read(): void {
    const entries = this.#journal.readNew();
    if (this.#waiting !== undefined && entries.length > 0) {
      this.#process.stdin?.write(this.#waiting.join(''));
      this.#waiting = undefined;
      if (this.#closing) this.#process.stdin?.end();
    }
    if (entries.length > 0) this.#options.onEntries(entries);
  }
}
