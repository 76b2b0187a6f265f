/**
 * So many periods are looked at for one answer (at most a few ms). A rule that is not due in any of them is taken to be
 * never due again: `FREQ=YEARLY` looks ahead to the end of the calendar, `FREQ=MINUTELY` for weeks of nothing but misses,
 * and days that do not match are passed over in one step.
 */
export const MAX_PERIODS = 20_000;
