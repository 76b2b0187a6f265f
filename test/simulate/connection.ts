import type { MemoryTransaction, Schema } from './memory-tables.js';
import type { Part } from './virtual-clock.js';

/** What a part has open at the server. */
export interface Connection {
  readonly part: Part;
  readonly schema: Schema;
  broken: boolean;
  transaction: MemoryTransaction | undefined;
  /** For how long it may say nothing, milliseconds; only sessions that asked for a limit. */
  idleMs?: number;
  asyncCommits?: boolean;
  onBroken?: () => void;
  onNotice?: (channel: string, payload: string) => void;
  readonly channels: Set<string>;
  readonly advisoryLocks: Set<string>;
}
