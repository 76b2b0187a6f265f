import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

export interface ChildOptions {
  readonly name: string;
  /** A JavaScript file, run by this process's own Node. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Resolves when it does its work; asked again and again until the deadline. */
  ready(): Promise<boolean>;
  readonly readyTimeoutMs?: number;
}

/** A process of a rig: its lines go to a file, it can be killed and started again, and it ends with this process. */
export class RigProcess {
  readonly name: string;
  readonly #options: ChildOptions;
  #child: ChildProcess | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    if (!existsSync(options.script)) throw new Error(`${options.script} is missing: npm run build`);
    process.once('exit', () => this.#child?.kill('SIGKILL'));
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  /** Starts it and returns when it is ready. */
  async start(): Promise<void> {
    const { script, arguments: given = [], environment, logFile } = this.#options;
    const lines = openSync(logFile, 'a');
    const child = spawn(process.execPath, [script, ...given], {
      stdio: ['ignore', lines, lines],
      env: { ...process.env, ...environment },
      detached: true, // Ctrl-C is for the rig, which ends it in its turn
    });
    closeSync(lines);
    this.#child = child;
    const deadline = Date.now() + (this.#options.readyTimeoutMs ?? 60_000);
    while (!(await this.#options.ready().catch(() => false))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(this.#says('ended'));
      if (Date.now() > deadline) throw new Error(this.#says('was not ready in time'));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  kill9(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGKILL if it is still there, then a new start on the same ports and data. */
  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  /** SIGSTOP and SIGCONT. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** An orderly end; SIGKILL after the grace period. */
  async stop(graceMs = 15_000): Promise<void> {
    const kill = setTimeout(() => void this.kill9(), graceMs);
    await this.#end('SIGTERM');
    clearTimeout(kill);
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }

  #says(what: string): string {
    const { logFile } = this.#options;
    const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    return `${this.name} ${what}; the end of ${logFile}:\n${last}`;
  }
}
