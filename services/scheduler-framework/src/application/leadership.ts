import { isCarillonError, unavailable } from '@carillon/event-sourcing';
import type { Transaction } from '@carillon/event-store';
import { type Logger, type Loop, metrics, TurnLoop } from '@carillon/service-runtime';

/** A right to lead that others can take away. `hold` in a transaction keeps it until that transaction ends. */
export interface Fence {
  readonly epoch: number;
  /** Throws conflict leadershipLost when a later leader has taken over. */
  hold(tx: Transaction): Promise<void>;
}

export interface Lease {
  /** Takes the lease if nobody holds it, or an earlier life of this instance does. */
  acquire(): Promise<Fence | undefined>;
  /** False: it is somebody else's. */
  renew(epoch: number): Promise<boolean>;
  release(epoch: number): Promise<void>;
  current(): Promise<{ holder?: string; epoch: number }>;
}

/** What a leader does while it leads. `stop` must leave nothing of it running, and may take its time. */
export interface Term {
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  readonly lease: Lease;
  readonly ttlMs: number;
  readonly log: Logger;
  readonly begin: (fence: Fence, lost: () => void) => Promise<Term>;
}

/** A standby looks at least so often. */
const STAND_BY_MS = 500;

export const isLeadershipLost = (error: unknown): boolean =>
  isCarillonError(error, 'conflict') && error.code === 'leadershipLost';

/**
 * Stands by until the lease is free, then leads until it is lost. A leader that cannot renew stops on its own clock
 * before the lease runs out on the database's; what it still tries after that, the fence and Mesos' stream id refuse.
 */
export class Leadership implements Loop {
  readonly #options: LeadershipOptions;
  readonly #loop: TurnLoop;
  #leading:
    | { readonly fence: Fence; readonly term: Promise<Term>; renewedAt: number; lost: boolean }
    | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#loop = new TurnLoop({
      name: 'leadership',
      log: options.log,
      turn: () => (this.#leading ? this.#keepLeading() : this.#standBy()),
      backoff: { baseMs: 100, maxMs: 500 },
    });
  }

  get epoch(): number | undefined {
    return this.#leading?.fence.epoch;
  }

  start(): void {
    this.#stopWatching ??= observeLeader(() => this.epoch);
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#abdicate('stopping');
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  async #standBy(): Promise<number> {
    const { lease, ttlMs, log, begin } = this.#options;
    const askedAt = performance.now();
    const fence = await lease.acquire();
    if (fence === undefined) return Math.min(ttlMs / 6, STAND_BY_MS);
    log.info({ epoch: fence.epoch }, 'leading');
    const leading = { fence, renewedAt: askedAt, lost: false };
    const lost = () => {
      leading.lost = true;
      this.#loop.wake();
    };
    // Not awaited: beginning may take longer than the lease lasts, which is renewed meanwhile.
    const term = begin(fence, lost);
    term.catch((error: unknown) => {
      log.error({ err: error, epoch: fence.epoch }, 'the term could not begin');
      lost();
    });
    this.#leading = Object.assign(leading, { term });
    return Math.min(ttlMs / 6, STAND_BY_MS);
  }

  async #keepLeading(): Promise<number> {
    const { lease, ttlMs } = this.#options;
    const leading = this.#leading;
    if (leading === undefined) return 0;
    const askedAt = performance.now();
    const leftMs = () => leading.renewedAt + ttlMs * 0.8 - performance.now();
    try {
      // Asked even when this process was too busy to ask in time: only the database knows whether the lease is gone.
      const patienceMs = Math.max(leftMs(), ttlMs / 5);
      if (leading.lost || !(await within(patienceMs, lease.renew(leading.fence.epoch)))) {
        await this.#abdicate('the lease is lost');
        return Math.min(ttlMs / 6, STAND_BY_MS);
      }
    } catch (error) {
      if (leftMs() <= 0) await this.#abdicate('the lease could not be renewed');
      throw error;
    }
    leading.renewedAt = askedAt;
    return ttlMs / 3;
  }

  async #abdicate(reason: string): Promise<void> {
    const leading = this.#leading;
    if (leading === undefined) return;
    this.#leading = undefined;
    this.#options.log.info({ epoch: leading.fence.epoch, reason }, 'no longer leading');
    const term = await leading.term.catch(() => undefined);
    await term?.stop();
    await this.#options.lease.release(leading.fence.epoch).catch(() => undefined);
  }
}

const tooLate = () => unavailable('databaseUnavailable', 'the database did not renew the lease in time');

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const overdue = Promise.withResolvers<never>();
  // An answer that has come while this process was busy still counts.
  const giveUp = () => setImmediate(() => overdue.reject(tooLate()));
  const timer = setTimeout(giveUp, timeoutMs);
  return Promise.race([work, overdue.promise]).finally(() => clearTimeout(timer));
}

function observeLeader(epoch: () => number | undefined): () => void {
  let last = 0;
  const observe: Parameters<typeof metrics.leader.addCallback>[0] = (result) => {
    const now = epoch();
    last = now ?? last;
    result.observe(now === undefined ? 0 : 1, { epoch: last });
  };
  metrics.leader.addCallback(observe);
  return () => metrics.leader.removeCallback(observe);
}
