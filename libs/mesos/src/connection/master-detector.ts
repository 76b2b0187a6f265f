import type { MasterAddress } from './address.js';

export interface DetectorEvents {
  /** Another master leads, or the first is found; what `next()` gave before is out of date. */
  onLeader(leader: MasterAddress): void;
  /** For the log. */
  onDiagnostic(message: string): void;
}

/** Finds out which master to ask. */
export interface MasterDetector {
  /** Safe to call twice. */
  start(events: DetectorEvents): void;
  stop(): Promise<void>;
  /** Whom to ask now; asked for again after each attempt. Undefined: nobody leads as far as is known, onLeader will tell. */
  next(): MasterAddress | undefined;
}
