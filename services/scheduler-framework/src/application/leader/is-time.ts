/**
 * Whether an instant has come that was at most `longestMs` ahead when it was set. One that is further ahead was set before
 * the clock went back: it has come, too.
 */
export const isTime = (at: number, now: number, longestMs: number): boolean =>
  at <= now || at > now + longestMs;
