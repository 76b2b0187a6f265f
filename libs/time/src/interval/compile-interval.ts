import { invalid } from '@carillon/event-sourcing';
import { type CompiledRule, EARLIEST, LATEST } from '../recurrence.js';
import type { Zone } from '../zone/zone.js';
import { type IsoPeriod, parsePeriod, periodText } from './iso-period.js';
import { parseIsoTime } from './local-time.js';
import { Repetition } from './repetition.js';

const MAX_COUNT = 2 ** 31 - 1;

/**
 * A repetition of ISO 8601, `R[n]/start/period`, n due instants in all; without n they never end. A start without an offset
 * is local time in the zone; an empty one is `from`. Throws `intervalInvalid`.
 */
export function compileInterval(interval: string, zone: Zone, from: number | undefined): CompiledRule {
  const match = /^R(\d*)\/([^/]*)\/([^/]+)$/.exec(interval.trim().toUpperCase());
  if (!match) refuse(interval, 'R[n]/start/period, such as R/2026-01-01T03:00:00/P1D');
  const [, countText = '', startText = '', text = ''] = match;
  const count = countText === '' ? Number.POSITIVE_INFINITY : Number(countText);
  if (count > MAX_COUNT && countText !== '') refuse(countText, `at most ${MAX_COUNT} repetitions`);
  const period = periodOf(text);
  const { start, local, normal } = startOf(startText, zone, from);
  return {
    normal: `R${countText === '' ? '' : count}/${normal}/${periodText(period)}`,
    recurrence: new Repetition(start, local, period, count, zone),
  };
}

function periodOf(text: string): IsoPeriod {
  const period = parsePeriod(text);
  if (period === undefined) refuse(text, 'a period P[nY][nM][nW][nD][T[nH][nM][nS]] of whole numbers');
  if (period.months + period.days + period.ms === 0) refuse(text, 'a period longer than zero');
  return period;
}

interface Start {
  readonly start: number;
  /** What the zone's clocks show then, or should show. */
  readonly local: number;
  readonly normal: string;
}

function startOf(text: string, zone: Zone, from: number | undefined): Start {
  if (text === '' && from !== undefined) return instantStart(from, zone);
  if (text === '') refuse(text, 'a start, where the schedule has no `from`');
  const written = parseIsoTime(text);
  if (written === undefined)
    refuse(text, 'a start such as 2026-01-01T03:00:00, 2026-01-01T03:00:00Z or 2026-01-01');
  if (written.offset === undefined) {
    if (written.local < EARLIEST || written.local >= LATEST) refuse(text, 'a start from 1900 to 2499');
    const normal = new Date(written.local).toISOString().replace(/(?:\.000)?Z$/, '');
    return { start: zone.instantOf(written.local), local: written.local, normal };
  }
  return instantStart(written.local - written.offset, zone);
}

function instantStart(start: number, zone: Zone): Start {
  if (start < EARLIEST || start >= LATEST) refuse(String(start), 'a start from 1900 to 2499');
  const normal = new Date(start).toISOString().replace('.000Z', 'Z');
  return { start, local: zone.localOf(start), normal };
}

function refuse(value: string, rule: string): never {
  throw invalid('intervalInvalid', `'${value.slice(0, 80)}' is not valid (${rule})`, {
    path: ['interval'],
    value,
    rule,
  });
}
