/** The place of the lowest bit that is set. */
export const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
export const highestBit = (bits: number): number => 31 - Math.clz32(bits);

/** The first of 60 bits, kept in two halves, at or after `from`; -1 if none. */
export function bitFrom(low: number, high: number, from: number): number {
  if (from < 30) {
    const bits = low >>> from;
    if (bits !== 0) return from + lowestBit(bits);
    return high === 0 ? -1 : 30 + lowestBit(high);
  }
  const bits = from > 59 ? 0 : high >>> (from - 30);
  return bits === 0 ? -1 : from + lowestBit(bits);
}

/** The last of 60 bits at or before `to`; -1 if none. */
export function bitUpTo(low: number, high: number, to: number): number {
  if (to >= 30) {
    const bits = high & ((2 << (to - 30)) - 1);
    if (bits !== 0) return 30 + highestBit(bits);
    return low === 0 ? -1 : highestBit(low);
  }
  const bits = to < 0 ? 0 : low & ((2 << to) - 1);
  return bits === 0 ? -1 : highestBit(bits);
}

/** Bits of the values from `first` to `first + 29`, the lowest for `first`. */
export const bitsOf = (values: readonly number[], first: number): number =>
  values.reduce(
    (bits, value) => (value >= first && value < first + 30 ? bits | (1 << (value - first)) : bits),
    0,
  );
