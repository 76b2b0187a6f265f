import type { LogMessage, SourcePosition } from './messages.js';

/** As stored beside the cursor: places as `window/position`, partitions as `topic/partition`. */
export interface StoredChains {
  /** Partitions that are not named have had nothing after this. */
  readonly since: string;
  readonly last: Readonly<Record<string, string>>;
}

/**
 * What a source has published last on each partition. Whoever reads a log that was created again may find messages at
 * the very offset where it stopped; that one of them follows on something it never saw is all that tells. So what
 * precedes a message must be known to a relay that has just started as well.
 */
export class Chains {
  readonly #since: SourcePosition;
  readonly #last: ReadonlyMap<string, SourcePosition>;

  private constructor(since: SourcePosition, last: ReadonlyMap<string, SourcePosition>) {
    this.#since = since;
    this.#last = last;
  }

  static read({ since, last }: StoredChains): Chains {
    return new Chains(
      placeOf(since),
      new Map(Object.entries(last).map(([partition, place]) => [partition, placeOf(place)])),
    );
  }

  stored(): StoredChains {
    const last = Array.from(this.#last, ([partition, place]) => [partition, written(place)] as const);
    return { since: written(this.#since), last: Object.fromEntries(last) };
  }

  /** The messages, each with what precedes it, and what is true once they are published. */
  link(
    messages: readonly LogMessage[],
    partitionOf: (topic: string, key: string) => number,
  ): { readonly linked: LogMessage[]; readonly next: Chains } {
    const last = new Map(this.#last);
    const linked = messages.map((message): LogMessage => {
      const partition = `${message.topic}/${partitionOf(message.topic, message.key)}`;
      const previous = last.get(partition) ?? this.#since;
      last.set(partition, message.sourcePosition);
      return { ...message, previous };
    });
    return { linked, next: new Chains(this.#since, last) };
  }
}

const written = ({ window, position }: SourcePosition) => `${window}/${position}`;

function placeOf(text: string): SourcePosition {
  const [window = '', position = ''] = text.split('/');
  return { window, position };
}
