const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'));

/** Some years of days: what a page shows is of a few, in turns. */
const DAYS_KEPT = 1_000;
const dates = new Map<number, string>();

/**
 * What `new Date(at).toISOString()` is of a whole number, in a tenth of the time: a page of jobs has a hundred instants,
 * of few days.
 */
export function isoInstant(at: number): string {
  const days = Math.floor(at / DAY_MS);
  const ms = at - days * DAY_MS;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${dates.get(days) ?? dateOf(days)}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${THREE[ms % 1_000]}Z`;
}

/** Up to the T. */
function dateOf(days: number): string {
  const midnight = new Date(days * DAY_MS).toISOString();
  const date = midnight.slice(0, midnight.indexOf('T') + 1);
  if (dates.size >= DAYS_KEPT) dates.clear();
  dates.set(days, date);
  return date;
}

/** As above; null where there is none. */
export const isoInstantOrNull = (at: number | undefined) => (at === undefined ? null : isoInstant(at));
