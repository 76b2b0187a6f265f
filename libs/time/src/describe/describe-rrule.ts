import { dayNumberOf } from '../date.js';
import { contentLines } from '../rrule/content-line.js';
import { parseRrule } from '../rrule/parse-rrule.js';
import { type Frequency, isWithinDay, type RruleParts } from '../rrule/rrule-parts.js';
import { withStart } from '../rrule/rrule-rule.js';
import { clock, counted, DAYS, every, listed, MONTHS, nthWord, ordinal } from './words.js';

const UNITS: Readonly<Record<Frequency, string>> = {
  YEARLY: 'year',
  MONTHLY: 'month',
  WEEKLY: 'week',
  DAILY: 'day',
  HOURLY: 'hour',
  MINUTELY: 'minute',
  SECONDLY: 'second',
};
const MAX_TIMES = 6;

/** A recurrence set in normal form, in words. */
export function describeRrule(normal: string): string {
  const lines = contentLines(normal);
  const start = lines.find(({ name }) => name === 'DTSTART')?.value ?? '';
  const rule = lines.find(({ name }) => name === 'RRULE')?.value;
  const more = (name: string) => lines.filter((line) => line.name === name).length;
  const added = more('RDATE') > 0 ? `, and at ${counted(more('RDATE'), 'other time')}` : '';
  const removed = more('EXDATE') > 0 ? `, but for ${counted(more('EXDATE'), 'time')}` : '';
  if (rule === undefined) return `Once, at ${timeText(start)}${added}${removed}`;
  const said = parseRrule(rule, (value) => {
    throw new Error(`not in normal form: ${value}`);
  });
  const parts = withStart(said, secondOf(start));
  const count = parts.count === undefined ? '' : `, ${counted(parts.count, 'time')}`;
  const until = parts.until === undefined ? '' : `, until ${timeText(parts.until)}`;
  const from = `, from ${timeText(start)}`;
  return `Every ${every(parts.interval, UNITS[parts.freq])}${daysOf(parts)}${timesOf(parts)}${positionsOf(parts)}${from}${until}${count}${added}${removed}`;
}

function daysOf({ byDay, byMonthDay, byYearDay, byWeekNo, byMonth }: RruleParts): string {
  const words: string[] = [];
  if (byYearDay) words.push(`on the ${listed(byYearDay.map(nthWord))} day of the year`);
  if (byWeekNo) words.push(`in the ${listed(byWeekNo.map(nthWord))} week of the year`);
  if (byMonthDay) words.push(`on the ${listed(byMonthDay.map(nthWord))} day of the month`);
  if (byDay) {
    const names = byDay.map(
      ({ weekday, nth }) => `${nth === undefined ? '' : `the ${nthWord(nth)} `}${DAYS[weekday] ?? ''}`,
    );
    words.push(`${byMonthDay ? 'if it is' : 'on'} ${listed(names)}`);
  }
  if (byMonth) words.push(`in ${listed(byMonth.map((month) => MONTHS[month - 1] ?? ''))}`);
  return words.map((word) => ` ${word}`).join('');
}

/** The time of day, or within the hour or minute. */
function timesOf({ freq, byHour = [], byMinute = [], bySecond = [] }: RruleParts): string {
  const count = byHour.length * byMinute.length * bySecond.length;
  if (!isWithinDay(freq) && count <= MAX_TIMES) {
    const times = byHour.flatMap((h) => byMinute.flatMap((m) => bySecond.map((s) => clock(h, m, s))));
    return ` at ${listed(times)}`;
  }
  const named = (name: string, values: readonly number[]) =>
    values.length === 0 ? '' : ` at ${name}${values.length > 1 ? 's' : ''} ${listed(values.map(String))}`;
  const onTheMinute = freq !== 'SECONDLY' && bySecond.every((second) => second === 0);
  return named('hour', byHour) + named('minute', byMinute) + (onTheMinute ? '' : named('second', bySecond));
}

function positionsOf({ bySetPos, freq }: RruleParts): string {
  if (bySetPos === undefined) return '';
  const words = bySetPos.map((position) => (position > 0 ? ordinal(position) : nthWord(position)));
  return `, only the ${listed(words)} of each ${UNITS[freq]}`;
}

/** The local second of `20260101T030000`, or of the midnight of `20260101`. */
function secondOf(text: string): number {
  const number = (from: number, to: number) => Number(text.slice(from, to));
  const day = dayNumberOf(number(0, 4), number(4, 6), number(6, 8));
  return day * 86_400 + (number(9, 11) * 60 + number(11, 13)) * 60 + number(13, 15);
}

/** `20260101T030000` as people write it. */
function timeText(text: string): string {
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
  if (text.length < 15) return date;
  const time = clock(Number(text.slice(9, 11)), Number(text.slice(11, 13)), Number(text.slice(13, 15)));
  return `${date} ${time}${text.endsWith('Z') ? ' UTC' : ''}`;
}
