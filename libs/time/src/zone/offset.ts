import { invalid } from '@carillon/event-sourcing';
import { dayNumberOf } from '../date.js';

const DAY_MS = 86_400_000;

/** Local wall-clock time minus UTC, in milliseconds, at an instant. */
export type OffsetAt = (instant: number) => number;

/** The zone data in use: the tzdata release that came with Node's ICU (or the system's), such as `2026c`. */
export const zoneDataVersion = (): string => process.versions['tz'] ?? 'unknown';

/** Whether `zone` names an IANA time zone (or an alias such as `US/Pacific`); bare offsets such as `+01:00` do not. */
export function isTimezone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  if (formatterOf(zone) === undefined) return false;
  if (knownZones.size < KNOWN_ZONES_MAX) knownZones.add(zone);
  return true;
}

/** A formatter costs 50 µs and more. There are some 600 names, and nobody is kept from writing them in other cases. */
const knownZones = new Set<string>();
const KNOWN_ZONES_MAX = 1_000;

/** The offsets of a zone, through one Intl formatter, 1–2 µs a call. Throws `timezoneUnknown`. */
export function offsetsOf(zone: string): OffsetAt {
  const formatter = formatterOf(zone);
  if (formatter === undefined) {
    const rule = 'an id of the IANA time zone database';
    throw invalid('timezoneUnknown', `No time zone found with this id: ${zone}`, {
      path: ['timezone'],
      value: zone,
      rule,
    });
  }
  return (instant) => {
    const [, month, day, year, hour, minute, second] = LOCAL_TIME.exec(formatter.format(instant)) ?? [];
    const time = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
    const local = dayNumberOf(Number(year), Number(month), Number(day)) * DAY_MS + time;
    return local - Math.floor(instant / 1000) * 1000;
  };
}

const LOCAL_TIME = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!ZONE_NAME.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    return undefined; // Intl's way of saying that it does not know the zone
  }
}
