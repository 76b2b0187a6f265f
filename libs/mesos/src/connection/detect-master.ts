import { ZooKeeperDetector } from '../zookeeper/zookeeper-detector.js';
import { type MasterAddress, parseMasters } from './address.js';
import type { MasterDetector } from './master-detector.js';

/**
 * `host:port`, several separated by commas (asked in turn), or `zk://[user:password@]h1:2181,h2,h3/path` (watched).
 * Throws on anything else, without repeating a password.
 */
export function masterDetector(masters: string, secureByDefault: boolean): MasterDetector {
  return masters.trim().startsWith('zk://')
    ? new ZooKeeperDetector({ url: masters.trim(), secure: secureByDefault })
    : new ListedMasters(parseMasters(masters, secureByDefault));
}

/** Throws if `masters` is not what `masterDetector` takes. */
export function assertMasters(masters: string): void {
  masterDetector(masters, false);
}

/** Asks the masters of a list in turn: those that do not lead redirect. */
class ListedMasters implements MasterDetector {
  readonly #masters: readonly MasterAddress[];
  #next = 0;

  constructor(masters: readonly MasterAddress[]) {
    this.#masters = masters;
  }

  start(): void {
    // nothing to watch
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  next(): MasterAddress | undefined {
    const master = this.#masters[this.#next % this.#masters.length];
    this.#next += 1;
    return master;
  }
}
