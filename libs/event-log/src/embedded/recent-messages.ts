import type { LogBatch, ReceivedMessage } from '../event-log.js';

export type Page = Pick<LogBatch, 'messages' | 'end'>;

/** So many are let go together, so that there may be almost as many more than need be. */
const LET_GO = 250;

/**
 * The latest messages that this process published to one partition, without a gap, so that readers in the same process
 * need not ask the database for them. Kept until its readers have passed them, at most `limit`: in a burst the publisher
 * is ahead of all of them. One that is further behind asks the database, and nothing is kept for it meanwhile.
 */
export class RecentMessages {
  readonly #limit: number;
  /** From where each reads on. */
  readonly #places = new Map<object, bigint>();
  /** Of the first of them; unknown before the first publication. */
  #first: bigint | undefined;
  #messages: ReceivedMessage[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(messages: readonly ReceivedMessage[]): void {
    const [earliest] = messages;
    if (!earliest) return;
    if (earliest.offset !== this.next) {
      this.#first = BigInt(earliest.offset);
      this.#messages = [];
    }
    this.#messages.push(...messages);
    const first = this.#first ?? 0n;
    const passed = Math.max(this.#passed(first), this.#messages.length - this.#limit);
    if (passed < LET_GO) return;
    this.#messages = this.#messages.slice(passed);
    this.#first = first + BigInt(passed);
  }

  /** The offset that the next message will have, as far as this process knows: nothing before its first publication. */
  get next(): string | undefined {
    return this.#first === undefined ? undefined : String(this.#first + BigInt(this.#messages.length));
  }

  /**
   * From that offset on, and where the partition ends as far as this process knows. Undefined when it is not held; empty
   * never. What follows it is kept for this reader from now on.
   */
  read(reader: object, from: string, limit: number): Page | undefined {
    const place = BigInt(from);
    this.#places.set(reader, place);
    const { next } = this;
    const at = Number(place - (this.#first ?? 0n));
    if (next === undefined || at < 0 || at >= this.#messages.length) return undefined;
    return { messages: this.#messages.slice(at, at + limit), end: next };
  }

  /** Nothing is kept for that reader any more. */
  leave(reader: object): void {
    this.#places.delete(reader);
  }

  #passed(first: bigint): number {
    let passed = this.#messages.length;
    for (const place of this.#places.values()) {
      if (place >= first) passed = Math.min(passed, Number(place - first));
    }
    return passed;
  }
}
