import type { Transaction } from '@carillon/event-store';

/** When a clock has to be fired next; nothing: it has nothing left to decide. */
export interface Arming {
  readonly uid: string;
  readonly nextDueAt: number | undefined;
}

export interface Claim {
  /** The database's clock when the claim began. */
  readonly now: number;
  /** Clocks that are due by `now`, the most overdue first; nobody else has them until the transaction ends. */
  readonly uids: readonly string[];
}

/** The index of all clocks by the instant at which each is due next: written together with the clocks' events. */
export interface ArmedClocks {
  /** Takes at most `limit` due clocks that nobody else has taken. */
  claim(tx: Transaction, limit: number): Promise<Claim>;
  /** Waits until nobody else has these clocks, and keeps them until the transaction ends. */
  lock(tx: Transaction, uids: readonly string[]): Promise<void>;
  /** Says when clocks are due next. Tells all timers of those that are due soon. */
  arm(tx: Transaction, armings: readonly Arming[]): Promise<void>;
  /** The nearest due instant of all clocks, and the database's clock. */
  nearest(): Promise<{ readonly dueAt: number | undefined; readonly now: number }>;
}
