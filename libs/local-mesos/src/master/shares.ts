import { nameOf } from './resource-kind.js';
import type { Resources } from './resources.js';

/** Scalars by name, reserved or not: what dominant shares are made of. */
export type Shares = Map<string, number>;

export function count(shares: Shares, { scalars }: Resources, sign: 1 | -1): void {
  for (const [key, value] of scalars) {
    const { name } = nameOf(key);
    shares.set(name, (shares.get(name) ?? 0) + sign * value);
  }
}

export function dominantShare(shares: Shares | undefined, total: Shares): number {
  let share = 0;
  for (const [name, value] of shares ?? []) {
    const all = total.get(name) ?? 0;
    if (all > 0) share = Math.max(share, value / all);
  }
  return share;
}
