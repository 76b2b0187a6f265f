import { type ByDay, FREQUENCIES, type Frequency, type RruleParts, WEEKDAYS } from './rrule-parts.js';

type Refuse = (value: string, rule: string) => never;

const MAX_COUNT = 10_000;
const NAMES = new Set(
  'FREQ UNTIL COUNT INTERVAL BYSECOND BYMINUTE BYHOUR BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS WKST'.split(
    ' ',
  ),
);

/** Understands `FREQ=…;…` (RFC 5545 section 3.3.10). Calls `refuse` with a value and the rule that it breaks. */
export function parseRrule(text: string, refuse: Refuse): RruleParts {
  const values = namedValues(text, refuse);
  const freq = values.get('FREQ') as Frequency | undefined;
  if (freq === undefined || !FREQUENCIES.includes(freq))
    refuse(text, `FREQ is one of ${FREQUENCIES.join(' ')}`);
  const number = (name: string, max: number) => {
    const value = values.get(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,6}$/.test(value) || Number(value) < 1 || Number(value) > max) {
      refuse(`${name}=${value}`, `${name} is from 1 to ${max}`);
    }
    return Number(value);
  };
  const list = (name: string, min: number, max: number) => listOf(name, values.get(name), min, max, refuse);
  const parts: RruleParts = {
    freq,
    interval: number('INTERVAL', 100_000) ?? 1,
    count: number('COUNT', MAX_COUNT),
    until: values.get('UNTIL'),
    bySecond: list('BYSECOND', 0, 59),
    byMinute: list('BYMINUTE', 0, 59),
    byHour: list('BYHOUR', 0, 23),
    byDay: daysOf(values.get('BYDAY'), refuse),
    byMonthDay: list('BYMONTHDAY', -31, 31),
    byYearDay: list('BYYEARDAY', -366, 366),
    byWeekNo: list('BYWEEKNO', -53, 53),
    byMonth: list('BYMONTH', 1, 12),
    bySetPos: list('BYSETPOS', -366, 366),
    weekStart: weekStartOf(values.get('WKST'), refuse),
  };
  checkTogether(text, parts, refuse);
  return parts;
}

function namedValues(text: string, refuse: Refuse): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of text.trim().toUpperCase().replace(/;$/, '').split(';')) {
    const [name = '', value, ...more] = part.split('=');
    if (value === undefined || value === '' || more.length > 0)
      refuse(part, 'parts are NAME=value, joined by ;');
    if (!NAMES.has(name)) refuse(part, `the parts are ${[...NAMES].join(' ')}`);
    if (values.has(name)) refuse(part, 'each part at most once');
    values.set(name, value);
  }
  return values;
}

/** Numbers from `min` to `max`; 0 only where `min` is 0. */
function listOf(name: string, text: string | undefined, min: number, max: number, refuse: Refuse) {
  if (text === undefined) return undefined;
  const numbers = text.split(',').map((item) => {
    const value = Number(item);
    const legal = /^[+-]?\d{1,3}$/.test(item) && value >= min && value <= max && (value !== 0 || min === 0);
    if (!legal) refuse(`${name}=${text}`, `numbers from ${min} to ${max}${min < 0 ? ' without 0' : ''}`);
    return value;
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function daysOf(text: string | undefined, refuse: Refuse): ByDay[] | undefined {
  const days = text?.split(',').map((item): ByDay => {
    const [, nth, name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? [];
    const weekday = WEEKDAYS.indexOf(name as (typeof WEEKDAYS)[number]);
    const number = nth === undefined ? undefined : Number(nth);
    if (weekday < 0 || number === 0 || Math.abs(number ?? 1) > 53) {
      refuse(
        `BYDAY=${text}`,
        `days are ${WEEKDAYS.join(' ')}, each with an optional number from -53 to 53 before it`,
      );
    }
    return { weekday, nth: number };
  });
  const rank = ({ weekday, nth = -100 }: ByDay) => nth * 7 + ((weekday + 6) % 7);
  const unique = new Map(days?.map((day) => [rank(day), day]));
  return days && [...unique.values()].sort((a, b) => rank(a) - rank(b));
}

function weekStartOf(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return 1;
  const weekday = WEEKDAYS.indexOf(text as (typeof WEEKDAYS)[number]);
  return weekday < 0 ? refuse(`WKST=${text}`, `WKST is one of ${WEEKDAYS.join(' ')}`) : weekday;
}

function checkTogether(text: string, parts: RruleParts, refuse: Refuse): void {
  const { freq, byDay, byMonthDay, byYearDay, byWeekNo, bySetPos } = parts;
  if (parts.count !== undefined && parts.until !== undefined) refuse(text, 'COUNT or UNTIL, not both');
  const numbered = byDay?.some(({ nth }) => nth !== undefined) === true;
  if (numbered && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    refuse(text, 'BYDAY has numbers only with FREQ=MONTHLY and FREQ=YEARLY');
  }
  if (numbered && byWeekNo !== undefined) refuse(text, 'BYDAY has no numbers with BYWEEKNO');
  if (byMonthDay !== undefined && freq === 'WEEKLY') refuse(text, 'no BYMONTHDAY with FREQ=WEEKLY');
  if (byYearDay !== undefined && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq)) {
    refuse(text, `no BYYEARDAY with FREQ=${freq}`);
  }
  if (byWeekNo !== undefined && freq !== 'YEARLY') refuse(text, 'BYWEEKNO only with FREQ=YEARLY');
  const others = [
    byDay,
    byMonthDay,
    byYearDay,
    byWeekNo,
    parts.byMonth,
    parts.byHour,
    parts.byMinute,
    parts.bySecond,
  ];
  if (bySetPos !== undefined && others.every((list) => list === undefined)) {
    refuse(text, 'BYSETPOS only with another BY part');
  }
}
