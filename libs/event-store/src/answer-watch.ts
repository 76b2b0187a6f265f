export interface Awaited<Connection> {
  readonly connection: Connection;
  /** By the monotonic clock, milliseconds. */
  readonly until: number;
}

/**
 * Ends connections that leave a question unanswered for longer than `timeoutMs`: the server is away without a word. One
 * timer for all of them, and none when nobody waits for long: most questions are answered within a millisecond.
 */
export class AnswerWatch<Connection> {
  readonly #timeoutMs: number;
  readonly #end: (connection: Connection) => void;
  /** Oldest first: all are given the same time. */
  readonly #awaited = new Set<Awaited<Connection>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, end: (connection: Connection) => void) {
    this.#timeoutMs = timeoutMs;
    this.#end = end;
  }

  asked(connection: Connection): Awaited<Connection> {
    const awaited = { connection, until: performance.now() + this.#timeoutMs };
    this.#awaited.add(awaited);
    if (!this.#timer) this.#lookIn(this.#timeoutMs);
    return awaited;
  }

  answered(awaited: Awaited<Connection>): void {
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
      this.#end(awaited.connection);
    }
  }
}
