import type { WallClockRule } from '../zone/wall-clock-rule.js';

/**
 * So many periods are looked at for one answer (at most a few ms). A rule that is not due in any of them is taken to be
 * never due again: `FREQ=YEARLY` looks ahead to the end of the calendar, `FREQ=MINUTELY` for weeks of nothing but misses,
 * and days that do not match are passed over in one step.
 */
export const MAX_PERIODS = 20_000;

/** So many periods are looked at to reach a COUNT: enough for the largest one of an hourly rule that is due once a day. */
export const MAX_COUNTED_PERIODS = 300_000;

/** A rule that is looked for period by period. */
export interface PeriodRule extends WallClockRule {
  /** How many periods its answers have looked at so far. */
  readonly looked: number;
}
