import { isCarillonError, replay } from '@carillon/event-sourcing';
import type { Append, Database, EventStore, Transaction } from '@carillon/event-store';
import { createLogger, rush } from '@carillon/service-runtime';
import { clock } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';
import { type ClockState, settled } from '../domain/clock.state.js';
import { streamOf } from './clock-stream.js';
import type { Claim, ClaimedClock, DueClocks } from './due-clocks.js';
import { Fired } from './fired.js';

const log = createLogger('timer');
/** A schedule that cannot be decided (a zone that this Node does not know) is asked again after this long. */
const REFUSED_AGAIN_MS = 60_000;
/**
 * A transaction ends after the clock in hand at one of these, because relays wait for writers, and PostgreSQL ends what is
 * idle for 10 s: a clock by itself is bounded too (`fire.ts`).
 */
const MOST_EVENTS = 10_000;
const LONGEST_DECIDING_MS = 500;

/** Claims clocks that are due and lets each decide: any number of these, in any number of processes, share the work. */
export class FireDueClocks {
  readonly #database: Database;
  readonly #store: EventStore;
  readonly #due: DueClocks;
  readonly #elapsed: () => number;

  /** `elapsed` tells how the time passes, in ms from any origin. */
  constructor(database: Database, store: EventStore, due: DueClocks, elapsed = () => performance.now()) {
    this.#database = database;
    this.#store = store;
    this.#due = due;
    this.#elapsed = elapsed;
  }

  /**
   * Fires at most `limit` clocks in one transaction: claimed, decided and appended together, so that an end at any point
   * leaves them due or done. Returns how many it claimed; after a long downtime, which leaves much to decide, some of
   * them are still due.
   */
  async batch(limit: number): Promise<number> {
    const began = this.#elapsed();
    const fired = new Fired();
    const { claimed, now } = await this.#database.transaction((tx) => this.#fire(tx, limit, fired));
    fired.committed(now + (this.#elapsed() - began));
    return claimed;
  }

  async #fire(tx: Transaction, limit: number, fired: Fired) {
    const claim = await this.#due.claim(tx, limit);
    rush.saw(claim.clocks.length);
    const unmoved: Unmoved[] = [];
    await this.#store.record(tx, this.#appendsOf(claim, fired, unmoved));
    for (const { uid, state } of unmoved) await this.#due.move(tx, uid, state);
    return { claimed: claim.clocks.length, now: claim.now };
  }

  /** Clock by clock, so that of a large batch little is in memory at once; ends early when it has become long. */
  *#appendsOf({ clocks, now }: Claim, fired: Fired, unmoved: Unmoved[]): Generator<Append> {
    const began = this.#elapsed();
    for (const claimed of clocks) {
      const decided = decide(claimed, now);
      if (Array.isArray(decided)) {
        yield {
          stream: streamOf(claimed.uid),
          expectedVersion: claimed.version,
          events: decided.map((event) => fired.traced(event)),
          state: replay(clock, decided, claimed.state),
        };
      } else {
        unmoved.push({ uid: claimed.uid, state: decided });
      }
      if (fired.events >= MOST_EVENTS || this.#elapsed() - began > LONGEST_DECIDING_MS) return;
    }
  }
}

/** A clock that had nothing to decide, with its state to come. */
interface Unmoved {
  readonly uid: string;
  readonly state: ClockState;
}

/** The events of a clock; its state with another `nextDueAt` when there are none, which happens in two cases. */
function decide({ uid, state }: ClaimedClock, now: number): ClockEvent[] | ClockState {
  try {
    const events = clock.decide({ type: 'Fire', now }, state);
    // None: the zone data has changed, and the instant with it.
    return events.length > 0 ? [...events] : settled(state);
  } catch (error) {
    if (!isCarillonError(error)) throw error;
    log.error({ err: error, uid }, 'a schedule cannot be decided, again in a minute at the latest');
    return settled(state, now + REFUSED_AGAIN_MS);
  }
}
