/** How often, from the longest period to the shortest. */
export const FREQUENCIES = [
  'YEARLY',
  'MONTHLY',
  'WEEKLY',
  'DAILY',
  'HOURLY',
  'MINUTELY',
  'SECONDLY',
] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** Whether its periods are shorter than a day. */
export const isWithinDay = (freq: Frequency): boolean =>
  FREQUENCIES.indexOf(freq) > FREQUENCIES.indexOf('DAILY');

/** A week day of BYDAY, 0 is Sunday; with `nth`, only that one of the month or year (negative: from its end). */
export interface ByDay {
  readonly weekday: number;
  readonly nth: number | undefined;
}

/** The parts of an RRULE (RFC 5545 section 3.3.10), checked. Lists are ascending and without repetition. */
export interface RruleParts {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | undefined;
  /** The text of UNTIL: its kind depends on DTSTART. */
  readonly until: string | undefined;
  readonly bySecond: readonly number[] | undefined;
  readonly byMinute: readonly number[] | undefined;
  readonly byHour: readonly number[] | undefined;
  readonly byDay: readonly ByDay[] | undefined;
  readonly byMonthDay: readonly number[] | undefined;
  readonly byYearDay: readonly number[] | undefined;
  readonly byWeekNo: readonly number[] | undefined;
  readonly byMonth: readonly number[] | undefined;
  readonly bySetPos: readonly number[] | undefined;
  /** The first day of a week, 0 is Sunday. */
  readonly weekStart: number;
}

export const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;

/** The canonical text: parts in one order, lists ascending, defaults left out. `until` is its text. */
export function rruleText(parts: RruleParts, until: string | undefined): string {
  const list = (name: string, values: readonly number[] | undefined) =>
    values === undefined ? '' : `;${name}=${values.join(',')}`;
  const days = parts.byDay?.map(({ weekday, nth }) => `${nth ?? ''}${WEEKDAYS[weekday] ?? ''}`);
  return [
    `FREQ=${parts.freq}`,
    until === undefined ? '' : `;UNTIL=${until}`,
    parts.count === undefined ? '' : `;COUNT=${parts.count}`,
    parts.interval === 1 ? '' : `;INTERVAL=${parts.interval}`,
    list('BYMONTH', parts.byMonth),
    list('BYWEEKNO', parts.byWeekNo),
    list('BYYEARDAY', parts.byYearDay),
    list('BYMONTHDAY', parts.byMonthDay),
    days === undefined ? '' : `;BYDAY=${days.join(',')}`,
    list('BYHOUR', parts.byHour),
    list('BYMINUTE', parts.byMinute),
    list('BYSECOND', parts.bySecond),
    list('BYSETPOS', parts.bySetPos),
    parts.weekStart === 1 ? '' : `;WKST=${WEEKDAYS[parts.weekStart] ?? ''}`,
  ].join('');
}
