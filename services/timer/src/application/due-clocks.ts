import type { Transaction } from '@carillon/event-store';
import type { ClockState } from '../domain/clock.state.js';

/** A clock that nobody else has until the transaction ends. */
export interface ClaimedClock {
  readonly uid: string;
  readonly version: number;
  readonly state: ClockState;
}

export interface Claim {
  /** The database's clock when the claim began. */
  readonly now: number;
  /** Due by `now`, the most overdue first. */
  readonly clocks: ClaimedClocks;
}

/** To be gone through once: of many, only the one in hand need be in memory with its state. */
export interface ClaimedClocks extends Iterable<ClaimedClock> {
  readonly length: number;
}

/** All clocks, by the instant at which each is due next: the clocks' states themselves, so there is nothing to keep in step. */
export interface DueClocks {
  /** Takes at most `limit` due clocks that nobody else has taken. */
  claim(tx: Transaction, limit: number): Promise<Claim>;
  /** Waits until nobody else has these clocks, and keeps them until the transaction ends. */
  lock(tx: Transaction, uids: readonly string[]): Promise<void>;
  /** Tells all timers at the commit that a clock is due at `dueAt`, if that is soon. */
  tell(tx: Transaction, dueAt: number): Promise<void>;
  /** Writes the state of a claimed clock of which no event was appended: to move the instant at which it is due next. */
  move(tx: Transaction, uid: string, state: ClockState): Promise<void>;
  /** The nearest due instant of all clocks, and the database's clock. */
  nearest(): Promise<{ readonly dueAt: number | undefined; readonly now: number }>;
}
