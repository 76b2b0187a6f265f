import type { IsoPeriod } from '../interval/iso-period.js';
import type { Zone } from '../zone/zone.js';

const DAY_MS = 86_400_000;

/**
 * When a period without months that begins at an instant is over: days move the zone's clocks, the rest is elapsed time.
 * Without days the clocks are not asked: what they show may be an earlier instant too.
 */
export function periodEnd(start: number, { days, ms }: Pick<IsoPeriod, 'days' | 'ms'>, zone: Zone): number {
  return (days === 0 ? start : zone.instantOf(zone.localOf(start) + days * DAY_MS)) + ms;
}
