import type { Event } from '@carillon/mesos';

/** One event stream of a framework, whatever carries it. */
export interface Subscriber {
  readonly streamId: string;
  send(event: Event): void;
  /** Ends the stream properly. Its onClosed is not called any more. */
  end(): void;
  /** As the end of the master's process would. */
  destroy(): void;
}
