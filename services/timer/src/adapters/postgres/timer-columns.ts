import type { StateColumn } from '@carillon/event-store';
import type { ClockState } from '../../domain/clock.state.js';

/** Of streams of another kind there is none, as of a clock that has nothing left to decide. */
export const nextDueAtOf = (state: ClockState): string | null =>
  (state.status === 'set' ? state.nextDueAt?.toString() : undefined) ?? null;

/** By which clocks that are due are found. */
export const timerColumns: readonly StateColumn<ClockState>[] = [
  { name: 'next_due_at', type: 'bigint', of: nextDueAtOf },
];
