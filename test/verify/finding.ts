export interface Finding {
  /** How many things were looked at. */
  readonly checked: number;
  /** The first of those that are wrong, in words. */
  readonly violations: readonly string[];
}
