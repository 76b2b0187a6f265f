/** A public event as it goes to the log: CloudEvents in binary mode. */
export interface OutgoingMessage {
  readonly topic: string;
  /** Decides the partition; messages of one key stay in order. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

/**
 * The place of an event among all events of its source: the same for ever, however often it is published, and
 * ascending in the order of publication. Two decimal numbers; `window` is compared first.
 */
export interface SourcePosition {
  readonly window: string;
  readonly position: string;
}

/** A message with its origin, by which consumers drop what they have seen. */
export interface LogMessage extends OutgoingMessage {
  readonly source: string;
  readonly sourcePosition: SourcePosition;
  /**
   * All that its source published before it on the same partition lies at or before this: whoever has seen less misses
   * something. The same whenever it is published again. Absent: nobody knows.
   */
  readonly previous?: SourcePosition;
}

/** What a relay needs of the log. */
export interface PublicationLog {
  /** Appends in the order given; throws when the messages may or may not be in the log. */
  publish(messages: readonly LogMessage[]): Promise<void>;
  /** Of its topic, from 0 on. */
  partitionOf(topic: string, key: string): number;
}

/** Negative when `a` comes before `b`, 0 when they are the same place. */
export function compareSourcePositions(a: SourcePosition, b: SourcePosition): number {
  return compareDecimals(a.window, b.window) || compareDecimals(a.position, b.position);
}

/** Canonical decimals without sign: the longer one is greater. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
