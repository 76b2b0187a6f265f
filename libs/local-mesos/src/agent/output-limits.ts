import { constants, createWriteStream } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface OutputLimitsOptions {
  /** Of stdout, and of stderr. */
  readonly maxBytes: number;
  /** The sandboxes of what runs. */
  running(): readonly string[];
}

const LOOK_EVERY_MS = 500;
/** At a time: with thousands of tasks each is looked at every few seconds. */
const LOOK_AT_ONCE = 500;

/**
 * Keeps stdout and stderr bounded, as Mesos's logrotate module with `copytruncate`: a file that has grown past the
 * limit is copied to `stdout.1`, whose place it takes, and begun anew. Commands append, so they need not know. What
 * is written between two looks may exceed the limit, and what is written during the copy is lost.
 */
export class OutputLimits {
  readonly #options: OutputLimitsOptions;
  readonly #timer: NodeJS.Timeout;
  #next = 0;
  #looking: Promise<void> | undefined;

  constructor(options: OutputLimitsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const running = this.#options.running();
    if (this.#next >= running.length) this.#next = 0;
    const some = running.slice(this.#next, this.#next + LOOK_AT_ONCE);
    this.#next += some.length;
    for (const sandbox of some) {
      await this.#rotate(join(sandbox, 'stdout'));
      await this.#rotate(join(sandbox, 'stderr'));
    }
  }

  async #rotate(path: string): Promise<void> {
    try {
      if ((await lstat(path)).size <= this.#options.maxBytes) return;
      // What is no file, or a link to one elsewhere, is not the output: a sandbox is its user's.
      const output = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stats = await output.stat();
        if (!stats.isFile()) return;
        await rm(`${path}.1`, { force: true });
        const copy = createWriteStream(`${path}.1`, { flags: 'wx', mode: 0o644 });
        // Not to its end, which a command that writes fast moves on and on.
        const whole = { start: 0, end: stats.size - 1, autoClose: false };
        await pipeline(output.createReadStream(whole), copy);
        await output.truncate(0);
      } finally {
        await output.close();
      }
    } catch {
      // Not there yet, or not any more.
    }
  }
}
