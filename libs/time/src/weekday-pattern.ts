const ALL_DAYS = 0x7fff_ffff;

/**
 * Bit i is set when day i + 1 of a month that begins on week day `first` falls on one of the week days: the seven bits
 * rotated by `first`, five times over.
 */
export function weekdayPattern(weekdays: number, first: number): number {
  return Math.imul(((weekdays >> first) | (weekdays << (7 - first))) & 127, 0x1020_4081) & ALL_DAYS;
}
