export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

/** `1st`, `2nd`, `3rd`, `4th` … */
export function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13;
  return `${value}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')}`;
}

/** `2 days`, `1 day`. */
export const counted = (value: number, unit: string): string => `${value} ${unit}${value === 1 ? '' : 's'}`;

/** `day`, `2 days`: what follows `every`. */
export const every = (value: number, unit: string): string => (value === 1 ? unit : `${value} ${unit}s`);

/** `03:30`, with seconds if there are any. */
export function clock(hour: number, minute: number, second = 0): string {
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${digits(hour)}:${digits(minute)}${second === 0 ? '' : `:${digits(second)}`}`;
}

/** The nth of something: `1st`, `last`, `2nd to last`. */
export const nthWord = (nth: number): string =>
  nth > 0 ? ordinal(nth) : nth === -1 ? 'last' : `${ordinal(-nth)} to last`;

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
