import { dayNumberOf, daysInMonth } from '../date.js';

const DAY_MS = 86_400_000;

/** A date-time as it was written. */
export interface WrittenTime {
  /** Milliseconds since 1970-01-01T00:00 on the clock that it was written by. */
  readonly local: number;
  /** Local time minus UTC, if it was given. */
  readonly offset: number | undefined;
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,3}))?)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?$/i;

/** An ISO 8601 date or date-time, with or without an offset; undefined if it is something else or does not exist. */
export function parseIsoTime(text: string): WrittenTime | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number((part as string | undefined) ?? 0));
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0'));
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined;
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return { local: dayNumberOf(year, month, day) * DAY_MS + time, offset: offsetOf(match[8]) };
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}
