import { type Recurrence } from '../recurrence.js';
import { within } from '../limits/within.js';
import { ZonedRule } from '../zone/zoned-rule.js';
import { calendarText, type CalendarTime, calendarTimes, instantOf } from './calendar-time.js';
import { either, instantsRule, without } from './instants.js';
import { parseRrule } from './parse-rrule.js';
import { type RruleParts, rruleText } from './rrule-parts.js';
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
  let recurrence: Recurrence = instantsRule([instantOf(start)]);
  let rrule: string | undefined;
  if (set.rrule !== undefined) {
    const parts = parseRrule(set.rrule, refuse);
    const until = parts.until === undefined ? undefined : untilOf(parts.until, start, refuse);
    recurrence = bounded(
      new ZonedRule(rruleRule(parts, start.local / 1000, refuse), start.zone),
      parts,
      start,
      until,
    );
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

/** COUNT counts due instants; UNTIL is inclusive. */
function bounded(
  rule: Recurrence,
  { count }: RruleParts,
  start: CalendarTime,
  until: CalendarTime | undefined,
): Recurrence {
  const from = instantOf(start);
  if (until !== undefined) return within(rule, from, instantOf(until) + 1);
  if (count === undefined) return rule;
  let last: number | undefined = from - 1;
  for (let counted = 0; counted < count; counted++) {
    const at: number | undefined = rule.next(last);
    if (at === undefined) break;
    last = at;
  }
  return within(rule, from, last + 1);
}

function untilOf(text: string, start: CalendarTime, refuse: Refuse): CalendarTime {
  const line = { name: 'UNTIL', params: new Map<string, string>(), value: text };
  const [until] = calendarTimes(line, start.zone, refuse);
  if (until === undefined || until.isDate !== start.isDate) {
    refuse(`UNTIL=${text}`, 'UNTIL is a date if DTSTART is one, else a date-time');
  }
  return until;
}
