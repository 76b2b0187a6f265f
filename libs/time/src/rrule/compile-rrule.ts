import { invalid } from '@carillon/event-sourcing';
import type { CompiledRule } from '../recurrence.js';
import type { Zone } from '../zone/zone.js';
import { calendarText, type CalendarTime, calendarTimes } from './calendar-time.js';
import { type ContentLine, contentLines } from './content-line.js';
import { compileSet } from './recurrence-set.js';

const LONGEST_TEXT = 20_000;
const NAMES = ['DTSTART', 'RRULE', 'RDATE', 'EXDATE'];

/**
 * A recurrence set of RFC 5545: lines DTSTART, RRULE, EXDATE, RDATE. DTSTART without a TZID or Z is local time in the
 * schedule's zone. Throws `rruleInvalid`.
 */
export function compileRrule(rrule: string, zone: Zone): CompiledRule {
  if (rrule.length > LONGEST_TEXT) refuse(rrule.slice(0, 40), `at most ${LONGEST_TEXT} characters`);
  const lines = contentLines(rrule);
  for (const { name, value } of lines) {
    if (!NAMES.includes(name)) refuse(name || value, `lines are ${NAMES.join(', ')}, each NAME:value`);
  }
  const startLine = only(lines, 'DTSTART');
  if (startLine === undefined)
    refuse(rrule, 'a DTSTART line, such as DTSTART;TZID=Europe/Berlin:20260101T030000');
  const [start, ...others] = calendarTimes(startLine, zone, refuse);
  if (start === undefined || others.length > 0) refuse(startLine.value, 'one DTSTART');
  const timesOf = (name: string) =>
    lines.filter((line) => line.name === name).flatMap((line) => calendarTimes(line, start.zone, refuse));
  const [added, excluded] = [timesOf('RDATE'), timesOf('EXDATE')];
  const set = { start, rrule: only(lines, 'RRULE')?.value, added, excluded };
  const { recurrence, rrule: rule } = compileSet(set, refuse);
  const normal = [
    lineText('DTSTART', start),
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    ...added.map((time) => lineText('RDATE', time)),
    ...excluded.map((time) => lineText('EXDATE', time)),
  ].join('\n');
  return { normal, recurrence };
}

function only(lines: readonly ContentLine[], name: string): ContentLine | undefined {
  const [line, ...others] = lines.filter((candidate) => candidate.name === name);
  if (others.length > 0) refuse(name, `at most one ${name}`);
  return line;
}

function lineText(name: string, time: CalendarTime): string {
  const zone = time.zoneName === undefined || time.zoneName === 'Z' ? '' : `;TZID=${time.zoneName}`;
  return `${name}${time.isDate ? ';VALUE=DATE' : zone}:${calendarText(time)}`;
}

function refuse(value: string, rule: string): never {
  throw invalid('rruleInvalid', `'${value.slice(0, 80)}' is not valid (${rule})`, {
    path: ['rrule'],
    value,
    rule,
  });
}
