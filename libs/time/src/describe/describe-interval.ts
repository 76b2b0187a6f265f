import { type IsoPeriod, parsePeriod } from '../interval/iso-period.js';
import { counted, listed } from './words.js';

/** A repetition of ISO 8601 in normal form, in words. */
export function describeInterval(normal: string): string {
  const [repeat = 'R', start = '', text = ''] = normal.split('/');
  const period = parsePeriod(text);
  const every = period === undefined ? text : periodWords(period);
  const count = repeat === 'R' ? '' : `, ${repeat === 'R1' ? 'once' : `${repeat.slice(1)} times`}`;
  return `Every ${every} from ${start}${count}`;
}

/** `@every 1h30m` in words. */
export function describeEvery(normal: string): string {
  const period = parsePeriod(normal.replace(/^@every /, 'PT').toUpperCase());
  return period === undefined ? normal : `Every ${periodWords(period)}`;
}

/** `day`, `2 hours`, `1 month and 3 days`: what follows `every`. */
function periodWords({ months, days, ms }: IsoPeriod): string {
  const seconds = ms / 1000;
  const weeks = days % 7 === 0 ? days / 7 : 0;
  const parts: [number, string][] = [
    [Math.floor(months / 12), 'year'],
    [months % 12, 'month'],
    [weeks, 'week'],
    [weeks > 0 ? 0 : days, 'day'],
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const present = parts.filter(([value]) => value > 0);
  const [only, ...others] = present;
  if (only !== undefined && others.length === 0 && only[0] === 1) return only[1];
  return listed(present.map(([value, unit]) => counted(value, unit)));
}
