/** A time in which nothing is due. */
export interface PauseSpan {
  readonly from: number;
  /** Exclusive; absent: until somebody resumes. */
  readonly until?: number;
}

/**
 * The end of the pause in which an instant lies: undefined when in none, infinite when nobody knows. A span that begins where
 * another ends goes on with its pause. The spans are ascending.
 */
export function pausedUntil(instant: number, pauses: readonly PauseSpan[]): number | undefined {
  let end: number | undefined;
  for (const { from, until = Infinity } of pauses) {
    const reached = end ?? instant;
    if (from <= reached && reached < until) end = until;
  }
  return end;
}

/** A pause begins; the span of one that is going on ends, so that the newer end counts. */
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

/** The last `most`: what goes on without a break from before them is in the first of them. */
export function lastOf(pauses: readonly PauseSpan[], most: number): readonly PauseSpan[] {
  const [first, ...others] = pauses.slice(-most);
  const before = pauses.at(-most - 1);
  if (first === undefined || before === undefined) return pauses;
  return [before.until === first.from ? { ...first, from: before.from } : first, ...others];
}
