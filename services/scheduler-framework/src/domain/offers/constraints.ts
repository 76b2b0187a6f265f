import type { Constraint } from '@carillon/contracts';
import type { Attribute, Offer } from '@carillon/mesos';
import { RE2JS, RE2JSException } from 're2js';

export interface CompiledConstraint {
  /** For people: `hostname LIKE web-.*`. */
  readonly text: string;
  readonly attribute: string;
  /** Undefined: the agent has no such attribute. */
  readonly accepts: (value: string | undefined) => boolean;
}

/** Metronome's: IS compares exact text, LIKE and UNLIKE match the whole value; one without a value is ignored. */
export function compileConstraints(constraints: readonly Constraint[]): CompiledConstraint[] {
  return constraints.flatMap(({ attribute, operator, value }) => {
    const compiled = value === undefined ? undefined : accepts(operator, value);
    return compiled
      ? [{ text: `${attribute} ${operator} ${value ?? ''}`, attribute, accepts: compiled }]
      : [];
  });
}

/** Undefined: the operator is about other runs of the job as well. */
function accepts(
  operator: Constraint['operator'],
  expected: string,
): CompiledConstraint['accepts'] | undefined {
  switch (operator) {
    case 'IS':
    case 'EQUALS':
    case 'CLUSTER': {
      const normal = normalText(expected);
      return (value) => value === expected || value === normal;
    }
    case 'LIKE': {
      const matches = wholeText(expected);
      return (value) => value !== undefined && matches?.(value) === true;
    }
    case 'UNLIKE': {
      const matches = wholeText(expected);
      return (value) => value === undefined || matches?.(value) === false;
    }
    case 'UNIQUE':
    case 'GROUP_BY':
    case 'MAX_PER':
      return undefined;
  }
}

/**
 * Metronome's expressions are Java's. RE2 reads them (`(?i)`, `\Q…\E`) and takes time in proportion to the text: backtracking,
 * `([a-z]+)+\d` holds the leader up for seconds over a host name. JavaScript reads what RE2 does not have, which is
 * looking around and back references. Undefined, which neither matches nor unmatches, when neither can.
 */
function wholeText(expression: string): ((value: string) => boolean) | undefined {
  try {
    const pattern = RE2JS.compile(expression);
    return (value) => pattern.matches(value);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
  }
  const [flags = '', given = ''] = /^\(\?([is]+)\)/.exec(expression) ?? [];
  try {
    const pattern = new RegExp(`^(?:${expression.slice(flags.length)})$`, given);
    return (value) => pattern.test(value);
  } catch {
    return undefined;
  }
}

/** Numbers as scalars print: at most three decimals, no trailing zeros. */
function normalText(text: string): string {
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(Number(text).toFixed(3))) : text;
}

/** What a constraint on `attribute` is compared with. */
export function attributeOf(offer: Offer, attribute: string): string | undefined {
  switch (attribute) {
    case 'hostname':
    case '@hostname':
      return offer.hostname;
    case '@region':
      return offer.domain?.faultDomain?.region.name;
    case '@zone':
      return offer.domain?.faultDomain?.zone.name;
    default: {
      const found = offer.attributes.find(({ name }) => name === attribute);
      return found && attributeText(found);
    }
  }
}

function attributeText({ text, scalar, ranges, set }: Attribute): string {
  if (text) return text.value;
  if (scalar) return normalText(String(scalar.value));
  if (ranges) return `[${ranges.range.map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
  return `{${(set?.item ?? []).join(',')}}`;
}
