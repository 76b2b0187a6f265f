import { invalid } from '@carillon/event-sourcing';
import type { FieldDefinition, Item, ParsedField } from './fields.js';
import type { Spread } from './spread.js';

/** Understands one field's text. Throws `cronInvalid`, naming the field, the item and the rule. */
export function parseField(definition: FieldDefinition, text: string, spread: Spread): ParsedField {
  const parsed = text.split(',').map((item) => parseItem(definition, item.toUpperCase(), spread));
  return { items: parsed.map(({ item }) => item), normal: parsed.map(({ normal }) => normal).join(',') };
}

interface ParsedItem {
  readonly item: Item;
  readonly normal: string;
}

function parseItem(definition: FieldDefinition, text: string, spread: Spread): ParsedItem {
  return markedItem(definition, text) ?? spreadItem(definition, text, spread) ?? rangeItem(definition, text);
}

/**
 * Jenkins' `H`, `H(a-b)`, `H/n`, `H(a-b)/n` and OpenBSD's `~`, `a~b`, `a~`, `~b`, each with an optional `/n`: one value of
 * the range, or with a step every n-th from one of the first n.
 */
function spreadItem(definition: FieldDefinition, text: string, spread: Spread): ParsedItem | undefined {
  const match =
    /^H(?:\((\w+)-(\w+)\))?(?:\/(\d{1,4}))?$/.exec(text) ?? /^(\w+)?~(\w+)?(?:\/(\d{1,4}))?$/.exec(text);
  if (!match || definition.spreadTo === undefined) return undefined;
  const [, fromText, toText, stepText] = match;
  const from = fromText === undefined ? definition.min : numberOf(definition, fromText, text);
  const to = toText === undefined ? definition.spreadTo : numberOf(definition, toText, text);
  if (to < from) refuse(definition, text, 'a range goes from the smaller to the larger value');
  const width = to - from + 1;
  const step = stepText === undefined ? width : Number(stepText);
  if (step < 1 || step > width) refuse(definition, text, `a step is from 1 to ${width}`);
  const weekly = definition.marks === 'dayOfWeek';
  const values: number[] = [];
  for (let value = from + spread(definition.name, step); value <= to; value += step) {
    values.push(weekly ? value % 7 : value);
  }
  const everywhere = fromText === undefined && toText === undefined && stepText !== undefined;
  return { item: { kind: 'values', values, star: everywhere }, normal: text };
}

/** The `L W #` items, which only the day fields know. */
function markedItem(definition: FieldDefinition, text: string): ParsedItem | undefined {
  if (definition.marks === 'dayOfMonth') {
    if (text === 'LW') return { item: { kind: 'lastWeekdayOfMonth' }, normal: 'LW' };
    const fromEnd = /^L(?:-(\d{1,2}))?$/.exec(text);
    if (fromEnd) {
      const days = Number(fromEnd[1] ?? 0);
      if (days > 30) refuse(definition, text, 'L-n counts back from the last day, n at most 30');
      return { item: { kind: 'fromEndOfMonth', days }, normal: days === 0 ? 'L' : `L-${days}` };
    }
    const nearest = /^(\d{1,2})W$/.exec(text);
    if (nearest) {
      const day = numberOf(definition, nearest[1] ?? '', text);
      return { item: { kind: 'nearestWeekday', day }, normal: `${day}W` };
    }
  }
  if (definition.marks === 'dayOfWeek') {
    const nth = /^(\w{1,3})#(\d)$/.exec(text);
    if (nth) {
      const weekday = numberOf(definition, nth[1] ?? '', text) % 7;
      const which = Number(nth[2]);
      if (which < 1 || which > 5) refuse(definition, text, 'd#n means the n-th such day, n from 1 to 5');
      return { item: { kind: 'nthOfMonth', weekday, nth: which }, normal: `${weekday}#${which}` };
    }
    const last = /^(\d|[A-Z]{3})L$/.exec(text);
    if (last) {
      const weekday = numberOf(definition, last[1] ?? '', text) % 7;
      return { item: { kind: 'lastOfMonth', weekday }, normal: `${weekday}L` };
    }
  }
  return undefined;
}

/** `*`, `a`, `a-b`, each with an optional `/step`. A range of week days may wrap (`FRI-MON`). */
function rangeItem(definition: FieldDefinition, text: string): ParsedItem {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,4}))?$/.exec(text);
  if (!match) refuse(definition, text, syntaxOf(definition));
  const [, star, fromText, toText, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  const width = definition.max - definition.min + 1;
  if (step < 1 || step > width) refuse(definition, text, `a step is from 1 to ${width}`);

  const weekly = definition.marks === 'dayOfWeek';
  const from = fromText === undefined ? definition.min : numberOf(definition, fromText, text);
  const single = toText === undefined;
  let to = single ? endOf(definition, star, stepText, from) : numberOf(definition, toText, text);
  const start = weekly && from === 7 ? 0 : from;
  if (star !== undefined && weekly) to = 6;
  if (weekly && from === 7 && to === 7) to = 0;
  const written = `${start}${single ? '' : `-${to}`}`;
  if (to < start) {
    if (!weekly) refuse(definition, text, 'a range goes from the smaller to the larger value');
    to += 7;
  }
  const values: number[] = [];
  for (let value = start; value <= to; value += step) values.push(weekly ? value % 7 : value);
  const suffix = stepText === undefined || (step === 1 && !(star === undefined && single)) ? '' : `/${step}`;
  return {
    item: { kind: 'values', values, star: star !== undefined },
    normal: `${star ?? written}${suffix}`,
  };
}

/** `5` is the value alone, `5/15` runs from 5 to the end of the field. */
function endOf(
  definition: FieldDefinition,
  star: string | undefined,
  step: string | undefined,
  from: number,
) {
  if (definition.marks === 'dayOfWeek' && from === 7) return 0;
  return star !== undefined || step !== undefined ? definition.max : from;
}

function numberOf(definition: FieldDefinition, text: string, item: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : definition.names?.[text];
  if (value === undefined) refuse(definition, item, syntaxOf(definition));
  if (value < definition.min || value > definition.max) {
    refuse(definition, item, `values are from ${definition.min} to ${definition.max}`);
  }
  return value;
}

function syntaxOf(definition: FieldDefinition): string {
  const names = definition.names ? `, ${Object.keys(definition.names).join(' ')}` : '';
  const marks = { none: '', dayOfMonth: ', L, L-n, LW, nW', dayOfWeek: ', dL, d#n' }[definition.marks];
  const spreads = definition.spreadTo === undefined ? '' : ', H, ~';
  return `${definition.min}-${definition.max}${names}, with * , - /${marks}${spreads}`;
}

function refuse(definition: FieldDefinition, item: string, rule: string): never {
  throw invalid('cronInvalid', `${definition.name}: '${item}' is not valid (${rule})`, {
    path: ['cron'],
    value: item,
    rule,
  });
}
