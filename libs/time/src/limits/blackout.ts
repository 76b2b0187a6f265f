/** A stretch of time in which nothing is due: `start <= instant < end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stretches of time, of which one that covers an instant can be found. */
export interface Blackout {
  spanAt(instant: number): Span | undefined;
}

/** Given spans: sorted, those that touch made one. */
export function spansBlackout(spans: readonly Span[]): Blackout {
  const merged: { start: number; end: number }[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return {
    spanAt: (instant) => {
      let low = 0;
      let high = merged.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((merged[middle]?.start ?? 0) <= instant) low = middle + 1;
        else high = middle;
      }
      const span = merged[low - 1];
      return span !== undefined && instant < span.end ? span : undefined;
    },
  };
}
