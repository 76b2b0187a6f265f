import { type Recurrence } from '../recurrence.js';
import { within } from '../limits/within.js';
import { ZonedRule } from '../zone/zoned-rule.js';
import { MAX_COUNTED_PERIODS, type PeriodRule } from './budget.js';
import { calendarText, type CalendarTime, calendarTimes, instantOf } from './calendar-time.js';
import { either, instantsRule, without } from './instants.js';
import { parseRrule } from './parse-rrule.js';
import { isWithinDay, type RruleParts, rruleText } from './rrule-parts.js';
import { rruleRule } from './rrule-rule.js';

type Refuse = (value: string, rule: string) => never;

/** What DTSTART, RRULE, RDATE and EXDATE of a component say. */
export interface RecurrenceSet {
  readonly start: CalendarTime;
  readonly rrule: string | undefined;
  readonly added: readonly CalendarTime[];
  readonly excluded: readonly CalendarTime[];
}

/** The instants of a recurrence set, and its rule in canonical form. */
export function compileSet(
  set: RecurrenceSet,
  refuse: Refuse,
): { recurrence: Recurrence; rrule: string | undefined } {
  const { start, added, excluded } = set;
  for (const time of [...added, ...excluded]) {
    if (time.isDate !== start.isDate)
      refuse(
        calendarText(time),
        'RDATE, EXDATE and RECURRENCE-ID are dates if DTSTART is one, else date-times',
      );
  }
  let recurrence: Recurrence = instantsRule([instantOf(start)]);
  let rrule: string | undefined;
  if (set.rrule !== undefined) {
    const parts = parseRrule(set.rrule, refuse);
    const until = parts.until === undefined ? undefined : untilOf(parts.until, start, refuse);
    if (start.isDate && namesTimes(parts)) {
      refuse(
        set.rrule,
        'no times of day where DTSTART is a date: FREQ=DAILY or longer, no BYHOUR, BYMINUTE, BYSECOND',
      );
    }
    const rule = rruleRule(parts, start.local / 1000, refuse);
    const from = instantOf(start);
    const zoned = new ZonedRule(rule, start.zone);
    if (until !== undefined) recurrence = within(zoned, from, instantOf(until) + 1);
    else if (parts.count !== undefined) recurrence = counted(zoned, rule, from, parts.count, refuse);
    else recurrence = zoned;
    if (recurrence.next(instantOf(start) - 1) === undefined) {
      refuse(set.rrule, 'a rule that is due at least once, and soon enough to be found');
    }
    rrule = rruleText(parts, until && calendarText(until));
  }
  if (added.length > 0)
    recurrence = either(recurrence, instantsRule(added.map(instantOf).sort((a, b) => a - b)));
  if (excluded.length > 0) recurrence = without(recurrence, new Set(excluded.map(instantOf)));
  return { recurrence, rrule };
}

const namesTimes = ({ freq, byHour, byMinute, bySecond }: RruleParts): boolean =>
  isWithinDay(freq) || (byHour ?? byMinute ?? bySecond) !== undefined;

/** The first `count` due instants of a rule from `from` on. */
function counted(
  zoned: Recurrence,
  rule: PeriodRule,
  from: number,
  count: number,
  refuse: Refuse,
): Recurrence {
  let last = from - 1;
  for (let due = 0; due < count; due++) {
    const at = zoned.next(last);
    if (at === undefined) break;
    if (rule.looked > MAX_COUNTED_PERIODS)
      refuse(`COUNT=${count}`, `COUNT is reached within ${MAX_COUNTED_PERIODS} periods`);
    last = at;
  }
  return within(zoned, from, last + 1);
}

function untilOf(text: string, start: CalendarTime, refuse: Refuse): CalendarTime {
  const line = { name: 'UNTIL', params: new Map<string, string>(), value: text };
  const [until] = calendarTimes(line, start.zone, refuse);
  if (until === undefined || until.isDate !== start.isDate) {
    refuse(`UNTIL=${text}`, 'UNTIL is a date if DTSTART is one, else a date-time');
  }
  return until;
}
