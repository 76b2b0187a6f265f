import { parsePeriod } from '../interval/iso-period.js';
import { type CalendarTime, calendarTimes, instantOf } from '../rrule/calendar-time.js';
import { type ContentLine, contentLines } from '../rrule/content-line.js';
import { compileSet } from '../rrule/recurrence-set.js';
import type { Zone } from '../zone/zone.js';
import { type Blackout, type Span, spansBlackout } from './blackout.js';
import { periodEnd } from './period-end.js';

type Refuse = (value: string, rule: string) => never;

const DAY_MS = 86_400_000;
const MAX_EVENTS = 2000;
const MAX_RECURRING = 50;

/** One VEVENT's lines by name. */
type EventLines = ReadonlyMap<string, readonly ContentLine[]>;

/**
 * The time that the events of an iCalendar text take (RFC 5545): once or recurring, all-day ones from midnight to midnight
 * in `zone`. Cancelled events take none; a changed occurrence (RECURRENCE-ID) takes its new time.
 */
export function eventsBlackout(text: string, zone: Zone, refuse: Refuse): Blackout {
  const events = eventsOf(contentLines(text), refuse);
  if (events.length > MAX_EVENTS) refuse('VEVENT', `at most ${MAX_EVENTS} events`);
  const moved = new Map<string, ContentLine[]>();
  for (const event of events) {
    const uid = event.get('UID')?.[0]?.value ?? '';
    const replaced = event.get('RECURRENCE-ID')?.[0];
    if (replaced?.params.has('RANGE') === true)
      refuse('RECURRENCE-ID;RANGE', 'each changed occurrence by itself');
    if (replaced !== undefined) append(moved, uid, replaced);
  }
  const taking = events.filter((event) => event.get('STATUS')?.[0]?.value.toUpperCase() !== 'CANCELLED');
  if (taking.filter((event) => event.has('RRULE') || event.has('RDATE')).length > MAX_RECURRING)
    refuse('RRULE', `at most ${MAX_RECURRING} recurring events`);
  const once: Span[] = [];
  const recurring: Blackout[] = [];
  for (const event of taking) {
    const isChange = event.has('RECURRENCE-ID');
    const replaced = isChange ? [] : (moved.get(event.get('UID')?.[0]?.value ?? '') ?? []);
    const { lengthOf, blackout, span } = eventOf(event, replaced, zone, refuse);
    if (blackout !== undefined) recurring.push(blackout);
    else if (lengthOf > 0) once.push(span);
  }
  const all = once.length > 0 ? [spansBlackout(once), ...recurring] : recurring;
  return {
    spanAt: (instant) => {
      for (const blackout of all) {
        const span = blackout.spanAt(instant);
        if (span !== undefined) return span;
      }
      return undefined;
    },
  };
}

function eventOf(event: EventLines, replaced: readonly ContentLine[], zone: Zone, refuse: Refuse) {
  const [startLine] = event.get('DTSTART') ?? [];
  if (startLine === undefined) refuse('VEVENT', 'each event has a DTSTART');
  const [start] = calendarTimes(startLine, zone, refuse);
  if (start === undefined) refuse(startLine.value, 'one DTSTART');
  const endOf = endOfEvent(event, start, zone, refuse);
  const first = instantOf(start);
  const span = { start: first, end: endOf(first) };
  const lengthOf = span.end - span.start;
  if (event.has('EXRULE')) refuse('EXRULE', 'no EXRULE: EXDATE says which occurrences do not count');
  const [rule, ...rules] = event.get('RRULE') ?? [];
  if (rules.length > 0) refuse('RRULE', 'at most one RRULE in an event');
  const timesOf = (lines: readonly ContentLine[]) =>
    lines.flatMap((line) => calendarTimes(line, start.zone, refuse));
  const added = timesOf(event.get('RDATE') ?? []);
  if ((rule === undefined && added.length === 0) || lengthOf <= 0)
    return { lengthOf, span, blackout: undefined };
  const excluded = timesOf([...(event.get('EXDATE') ?? []), ...replaced]);
  const { recurrence } = compileSet({ start, rrule: rule?.value, added, excluded }, refuse);
  const blackout: Blackout = {
    spanAt: (instant) => {
      const last = recurrence.previous(instant + 1);
      if (last === undefined) return undefined;
      const end = endOf(last);
      return instant < end ? { start: last, end } : undefined;
    },
  };
  return { lengthOf, span, blackout };
}

/** When an occurrence that begins at an instant ends: whole days for dates, else as long as the first. */
function endOfEvent(
  event: EventLines,
  start: CalendarTime,
  zone: Zone,
  refuse: Refuse,
): (from: number) => number {
  const [endLine] = event.get('DTEND') ?? [];
  const [durationLine] = event.get('DURATION') ?? [];
  const duration = durationLine && parsePeriod(durationLine.value.toUpperCase().replace(/^\+/, ''));
  if (durationLine && (duration === undefined || duration.months > 0))
    refuse(durationLine.value, 'a DURATION');
  const [end] = endLine ? calendarTimes(endLine, zone, refuse) : [];
  if (end !== undefined && end.isDate !== start.isDate)
    refuse(endLine?.value ?? '', 'DTEND is a date if DTSTART is one');
  if (end !== undefined && instantOf(end) < instantOf(start))
    refuse(endLine?.value ?? '', 'DTEND after DTSTART');
  if (start.isDate) {
    const days = end ? (end.local - start.local) / DAY_MS : (duration?.days ?? 1);
    return (from) => start.zone.instantOf((Math.floor(start.zone.localOf(from) / DAY_MS) + days) * DAY_MS);
  }
  if (duration !== undefined) return (from) => periodEnd(from, duration, start.zone);
  const length = end === undefined ? 0 : instantOf(end) - instantOf(start);
  return (from) => from + length;
}

function append<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

/** The VEVENTs, without what is nested in them (alarms). */
function eventsOf(lines: readonly ContentLine[], refuse: Refuse): EventLines[] {
  const events: EventLines[] = [];
  const open: string[] = [];
  let event = new Map<string, ContentLine[]>();
  for (const line of lines) {
    const component = line.value.toUpperCase();
    if (line.name === 'BEGIN') {
      if (component === 'VEVENT') event = new Map();
      open.push(component);
    } else if (line.name === 'END') {
      if (open.pop() !== component) refuse(`END:${line.value}`, 'every BEGIN has its END');
      if (component === 'VEVENT') events.push(event);
    } else if (open.at(-1) === 'VEVENT') {
      append(event, line.name, line);
    }
  }
  if (open.length > 0) refuse(`BEGIN:${open.at(-1) ?? ''}`, 'every BEGIN has its END');
  return events;
}
