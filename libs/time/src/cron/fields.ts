/** One field of an expression: its legal values and the marks that it knows besides `* , - /`. */
export interface FieldDefinition {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Upper-case names of values. */
  readonly names?: Readonly<Record<string, number>>;
  readonly marks: 'none' | 'dayOfMonth' | 'dayOfWeek';
}

const numbered = (names: string, first: number) =>
  Object.fromEntries(names.split(' ').map((name, index) => [name, index + first]));

export const MINUTE: FieldDefinition = { name: 'minute', min: 0, max: 59, marks: 'none' };
export const HOUR: FieldDefinition = { name: 'hour', min: 0, max: 23, marks: 'none' };
export const DAY_OF_MONTH: FieldDefinition = { name: 'day of month', min: 1, max: 31, marks: 'dayOfMonth' };
export const MONTH: FieldDefinition = {
  name: 'month',
  min: 1,
  max: 12,
  names: numbered('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC', 1),
  marks: 'none',
};
export const DAY_OF_WEEK: FieldDefinition = {
  name: 'day of week',
  min: 0,
  max: 7,
  names: numbered('SUN MON TUE WED THU FRI SAT', 0),
  marks: 'dayOfWeek',
};
export const YEAR: FieldDefinition = { name: 'year', min: 1970, max: 2099, marks: 'none' };

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
