import { capitalized, clock, counted, DAYS, listed, MONTHS, ordinal } from './words.js';

const MAX_TIMES = 6;

interface FieldWords {
  readonly unit: string;
  readonly name: (value: string) => string;
  /** Numbers follow the unit: `minutes 5 and 10`; names stand alone. */
  readonly numbered: boolean;
}

const numbered = (unit: string): FieldWords => ({ unit, name: (value) => value, numbered: true });
const SECOND = numbered('second');
const MINUTE = numbered('minute');
const HOUR = numbered('hour');
const DAY = numbered('day');
const MONTH: FieldWords = {
  unit: 'month',
  name: (value) => MONTHS[Number(value) - 1] ?? value,
  numbered: false,
};
const WEEKDAY: FieldWords = {
  unit: 'weekday',
  name: (value) => DAYS[Number(value) % 7] ?? value,
  numbered: false,
};
const YEAR: FieldWords = { unit: 'year', name: (value) => value, numbered: false };

/** A cron expression in normal form, in words. */
export function describeCron(normal: string): string {
  const fields = normal.split(' ');
  const second = fields.length === 7 ? (fields.shift() ?? '0') : '0';
  const [minute = '*', hour = '*', dayOfMonth = '*', month = '*', dayOfWeek = '*', year = '*'] = fields;
  const days = describeDays(dayOfMonth, dayOfWeek);
  const months = month === '*' ? '' : ` in ${phrase(MONTH, month)}`;
  const years = year === '*' ? '' : ` in ${phrase(YEAR, year)}`;
  const time = describeTime(second, minute, hour);
  const daily = days + months + years === '' && time.startsWith('at ') && !hour.includes('*');
  return capitalized(`${time}${daily ? ' every day' : days}${months}${years}`);
}

function describeTime(second: string, minute: string, hour: string): string {
  const times = clockTimes(second, minute, hour);
  if (times !== undefined) return `at ${listed(times)}`;
  if (second === '0') return hour === '*' && minute === '0' ? 'every hour' : describeMinutes(minute, hour);
  const step = evenStep(second, 60);
  if (minute === '*' && hour === '*' && step !== undefined) {
    return step === 1 ? 'every second' : `every ${counted(step, 'second')}`;
  }
  return `at ${phrase(SECOND, second)}, ${describeMinutes(minute, hour)}`;
}

function describeMinutes(minute: string, hour: string): string {
  const step = evenStep(minute, 60);
  if (hour === '*' && step !== undefined)
    return step === 1 ? 'every minute' : `every ${counted(step, 'minute')}`;
  return `at ${phrase(MINUTE, minute)} past ${phrase(HOUR, hour)}`;
}

/** All times of day, where they are few and single. */
function clockTimes(second: string, minute: string, hour: string): string[] | undefined {
  const [seconds, minutes, hours] = [second, minute, hour].map((field) =>
    /^\d+(,\d+)*$/.test(field) ? [...new Set(field.split(',').map(Number))].sort((a, b) => a - b) : undefined,
  );
  if (!seconds || !minutes || !hours || seconds.length * minutes.length * hours.length > MAX_TIMES)
    return undefined;
  return hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s))));
}

/** n of a star with a step n that divides the whole: truly every n. */
function evenStep(field: string, size: number): number | undefined {
  if (field === '*') return 1;
  const step = Number(/^\*\/(\d+)$/.exec(field)?.[1]);
  return size % step === 0 && step < size ? step : undefined;
}

function describeDays(dayOfMonth: string, dayOfWeek: string): string {
  const ofMonth = dayOfMonth === '*' ? '' : daysOfMonth(dayOfMonth);
  const ofWeek = dayOfWeek === '*' ? '' : daysOfWeek(dayOfWeek);
  if (ofMonth !== '' && ofWeek !== '') return ` on ${ofMonth} if it is ${ofWeek}`;
  return ofMonth + ofWeek === '' ? '' : ` on ${ofMonth}${ofWeek}`;
}

function daysOfMonth(field: string): string {
  const marked: string[] = [];
  const plain: string[] = [];
  for (const item of field.split(',')) {
    const [, back] = /^L-(\d+)$/.exec(item) ?? [];
    const [, near] = /^(\d+)W$/.exec(item) ?? [];
    if (item === 'L') marked.push('the last day');
    else if (item === 'LW') marked.push('the last day from Monday to Friday');
    else if (back !== undefined) marked.push(`the ${ordinal(Number(back) + 1)} to last day`);
    else if (near !== undefined) marked.push(`the day from Monday to Friday nearest to day ${near}`);
    else plain.push(item);
  }
  const words = plain.length > 0 ? [phrase(DAY, plain.join(',')), ...marked] : marked;
  return `${listed(words)} of the month`;
}

function daysOfWeek(field: string): string {
  const words: string[] = [];
  const plain: string[] = [];
  for (const item of field.split(',')) {
    const [, weekday = '', nth] = /^(\d)#(\d)$/.exec(item) ?? [];
    const [, last] = /^(\d)L$/.exec(item) ?? [];
    if (nth !== undefined) words.push(`the ${ordinal(Number(nth))} ${WEEKDAY.name(weekday)} of the month`);
    else if (last !== undefined) words.push(`the last ${WEEKDAY.name(last)} of the month`);
    else plain.push(item);
  }
  return listed(plain.length > 0 ? [phrase(WEEKDAY, plain.join(',')), ...words] : words);
}

/** `every minute`, `every 5th minute from 10 through 40`, `minutes 5 and 10`, `Monday through Friday`. */
function phrase(words: FieldWords, field: string): string {
  const items = field.split(',');
  const single = items.filter((item) => /^\d+$/.test(item)).map(words.name);
  const others = items.filter((item) => !/^\d+$/.test(item)).map((item) => itemPhrase(words, item));
  const prefix = words.numbered ? `${words.unit}${single.length > 1 ? 's' : ''} ` : '';
  return listed(single.length > 0 ? [prefix + listed(single), ...others] : others);
}

function itemPhrase({ unit, name, numbered }: FieldWords, item: string): string {
  const [body = '', step] = item.split('/');
  const each =
    step === undefined || step === '1' ? `every ${unit}` : `every ${ordinal(Number(step))} ${unit}`;
  const spread = /^H(?:\((\w+)-(\w+)\))?$/.exec(body) ?? /^(\w+)?~(\w+)?$/.exec(body);
  if (spread) {
    const [, from, to] = spread;
    const range =
      from === undefined && to === undefined
        ? ''
        : ` from ${name(from ?? 'the first')} to ${name(to ?? 'the last')}`;
    return step === undefined
      ? `${unit === 'hour' ? 'an' : 'a'} ${unit}${range} chosen by the job`
      : `${each}${range}, starting where the job's id says`;
  }
  if (body === '*') return each;
  const [from = '', to] = body.split('-');
  if (to === undefined) return `${each} from ${name(from)}`;
  if (step !== undefined && step !== '1') return `${each} from ${name(from)} through ${name(to)}`;
  return `${numbered ? `${unit}s ` : ''}${name(from)} through ${name(to)}`;
}
