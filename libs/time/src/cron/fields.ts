/** One field of an expression: its legal values and the marks that it knows besides `* , - /`. */
export interface FieldDefinition {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Upper-case names of values. */
  readonly names?: Readonly<Record<string, number>>;
  readonly marks: 'none' | 'dayOfMonth' | 'dayOfWeek';
  /** The largest value that `H` and `~` choose by themselves; none: the field does not know them. */
  readonly spreadTo?: number;
}

const numbered = (names: string, first: number) =>
  Object.fromEntries(names.split(' ').map((name, index) => [name, index + first]));

export const SECOND: FieldDefinition = { name: 'second', min: 0, max: 59, marks: 'none', spreadTo: 59 };
export const MINUTE: FieldDefinition = { name: 'minute', min: 0, max: 59, marks: 'none', spreadTo: 59 };
export const HOUR: FieldDefinition = { name: 'hour', min: 0, max: 23, marks: 'none', spreadTo: 23 };
export const DAY_OF_MONTH: FieldDefinition = {
  name: 'day of month',
  min: 1,
  max: 31,
  marks: 'dayOfMonth',
  spreadTo: 28, // so that it exists in every month
};
export const MONTH: FieldDefinition = {
  name: 'month',
  min: 1,
  max: 12,
  names: numbered('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC', 1),
  marks: 'none',
  spreadTo: 12,
};
export const DAY_OF_WEEK: FieldDefinition = {
  name: 'day of week',
  min: 0,
  max: 7,
  names: numbered('SUN MON TUE WED THU FRI SAT', 0),
  marks: 'dayOfWeek',
  spreadTo: 6,
};
export const YEAR: FieldDefinition = { name: 'year', min: 1970, max: 2099, marks: 'none' };

/**
 * The fields of an expression, by their number alone: five; six, which end in a year, as Metronome has them; seven, which
 * begin with seconds and end in a year. So no expression has two meanings.
 */
export function fieldsOf(count: number): readonly FieldDefinition[] | undefined {
  const five = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK];
  if (count === 5) return five;
  if (count === 6) return [...five, YEAR];
  return count === 7 ? [SECOND, ...five, YEAR] : undefined;
}

/** One item of a field's list, understood. */
export type Item =
  | { readonly kind: 'values'; readonly values: readonly number[]; readonly star: boolean }
  | { readonly kind: 'fromEndOfMonth'; readonly days: number }
  | { readonly kind: 'lastWeekdayOfMonth' }
  | { readonly kind: 'nearestWeekday'; readonly day: number }
  | { readonly kind: 'nthOfMonth'; readonly weekday: number; readonly nth: number }
  | { readonly kind: 'lastOfMonth'; readonly weekday: number };

export interface ParsedField {
  readonly items: readonly Item[];
  readonly normal: string;
}
