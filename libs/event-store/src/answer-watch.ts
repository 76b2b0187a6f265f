/** What is ended when it does not answer. */
export interface Ending {
  end(): unknown;
}

export interface Awaited {
  readonly connection: Ending;
  /** By the monotonic clock, milliseconds. */
  readonly until: number;
}

/**
 * Ends connections that leave a question unanswered for longer than `timeoutMs`: the server is away without a word. One
 * timer for all of them, and none when nobody waits for long: most questions are answered within a millisecond.
 */
export class AnswerWatch {
  readonly #timeoutMs: number;
  /** Oldest first: all are given the same time. */
  readonly #awaited = new Set<Awaited>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  asked(connection: Ending): Awaited {
    const awaited = { connection, until: performance.now() + this.#timeoutMs };
    this.#awaited.add(awaited);
    if (!this.#timer) this.#lookIn(this.#timeoutMs);
    return awaited;
  }

  answered(awaited: Awaited): void {
    this.#awaited.delete(awaited);
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => setImmediate(() => this.#look()), ms).unref();
  }

  /** After what has come in meanwhile is read: a process that was stopped may find its answers there. */
  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const awaited of this.#awaited) {
      if (awaited.until > now) {
        this.#lookIn(awaited.until - now);
        return;
      }
      this.#awaited.delete(awaited);
      awaited.connection.end();
    }
  }
}
