/** A time in which nothing is due. */
export interface PauseSpan {
  readonly from: number;
  /** Exclusive; absent: until somebody resumes. */
  readonly until?: number;
}

/** The end of the pause in which an instant lies: undefined when in none, infinite when nobody knows. */
export function pausedUntil(instant: number, pauses: readonly PauseSpan[]): number | undefined {
  for (const { from, until = Infinity } of pauses) if (from <= instant && instant < until) return until;
  return undefined;
}

/** A pause begins; one that is going on ends, so that the newer end counts. */
export function withPause(pauses: readonly PauseSpan[], pause: PauseSpan): PauseSpan[] {
  return [...endedAt(pauses, pause.from), pause];
}

/** Every pause ends at `instant` at the latest. */
export function endedAt(pauses: readonly PauseSpan[], instant: number): PauseSpan[] {
  return pauses.flatMap(({ from, until = Infinity }) =>
    from < instant ? [{ from, until: Math.min(until, instant) }] : [],
  );
}

/** Without those that lie wholly before `instant`. */
export const withoutPast = (pauses: readonly PauseSpan[], instant: number): PauseSpan[] =>
  pauses.filter(({ until = Infinity }) => until > instant);
