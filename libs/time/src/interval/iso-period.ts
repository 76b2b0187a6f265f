/** A period of ISO 8601. The date part is added to the calendar, the time part is elapsed time. */
export interface IsoPeriod {
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

const PERIOD =
  /^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;

/** `P1Y2M3W4DT5H6M7S`, any of it, in whole numbers; undefined if it is something else. */
export function parsePeriod(text: string): IsoPeriod | undefined {
  const match = PERIOD.exec(text);
  if (!match) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number((part as string | undefined) ?? 0));
  return {
    months: 12 * years + months,
    days: 7 * weeks + days,
    ms: ((hours * 60 + minutes) * 60 + seconds) * 1000,
  };
}

/** The shortest text for a period. */
export function periodText({ months, days, ms }: IsoPeriod): string {
  const part = (value: number, unit: string) => (value === 0 ? '' : `${value}${unit}`);
  const seconds = ms / 1000;
  const date = part(Math.floor(months / 12), 'Y') + part(months % 12, 'M') + part(days, 'D');
  const time =
    part(Math.floor(seconds / 3600), 'H') +
    part(Math.floor(seconds / 60) % 60, 'M') +
    part(seconds % 60, 'S');
  return `P${date}${time === '' ? '' : `T${time}`}`;
}
