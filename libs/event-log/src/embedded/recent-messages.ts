import type { ReceivedMessage } from '../event-log.js';

/**
 * The latest messages that this process published to one partition, without a gap, so that readers in the same
 * process need not ask the database for them.
 */
export class RecentMessages {
  readonly #limit: number;
  #first = 0n;
  #messages: ReceivedMessage[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(messages: readonly ReceivedMessage[]): void {
    const first = BigInt(messages[0]?.offset ?? 0);
    if (first !== this.#first + BigInt(this.#messages.length)) {
      this.#first = first;
      this.#messages = [];
    }
    this.#messages.push(...messages);
    const surplus = this.#messages.length - this.#limit;
    if (surplus >= this.#limit) {
      this.#messages = this.#messages.slice(surplus);
      this.#first += BigInt(surplus);
    }
  }

  /** The offset that the next message will have. */
  get next(): string {
    return String(this.#first + BigInt(this.#messages.length));
  }

  /** Undefined when that offset is not held; empty never. */
  read(from: string, limit: number): ReceivedMessage[] | undefined {
    const at = Number(BigInt(from) - this.#first);
    if (at < 0 || at >= this.#messages.length) return undefined;
    return this.#messages.slice(at, at + limit);
  }
}
