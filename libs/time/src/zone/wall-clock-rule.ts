/** A set of local times, in whole seconds since 1970-01-01T00:00:00 local time, without a zone. */
export interface WallClockRule {
  /**
   * The rule counts elapsed time (`*` in a field of the time of day) instead of naming times of day, which decides what
   * happens to local times that a zone skips or repeats.
   */
  readonly elapsed: boolean;
  /** The first match strictly after `second`; infinity if none. */
  next(second: number): number;
  /** The last match strictly before `second`; minus infinity if none. */
  previous(second: number): number;
}
