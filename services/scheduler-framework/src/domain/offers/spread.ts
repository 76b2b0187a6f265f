import type { Constraint } from '@carillon/contracts';

/** A constraint that looks at the other active runs of the job: Marathon's UNIQUE, CLUSTER, GROUP_BY and MAX_PER. */
export interface SpreadRule {
  /** For people: `rack MAX_PER 2`. */
  readonly text: string;
  readonly attribute: string;
  readonly operator: 'UNIQUE' | 'CLUSTER' | 'GROUP_BY' | 'MAX_PER';
  /** MAX_PER: runs per value. GROUP_BY: how many values there are at least. */
  readonly count: number;
}

/** Where an active run is: the values of the attributes that its job's rules name. */
export type PlaceValues = Readonly<Record<string, string>>;

/** One whose count is no positive whole number is ignored; CLUSTER with a value is an ordinary constraint. */
export function compileSpread(constraints: readonly Constraint[]): SpreadRule[] {
  return constraints.flatMap(({ attribute, operator, value }): SpreadRule[] => {
    const rule = (count: number): SpreadRule[] =>
      Number.isInteger(count) && count > 0 && isSpread(operator)
        ? [{ text: [attribute, operator, value].filter(Boolean).join(' '), attribute, operator, count }]
        : [];
    if (operator === 'CLUSTER') return value === undefined ? rule(1) : [];
    return rule(operator === 'UNIQUE' ? 1 : Number(value ?? (operator === 'GROUP_BY' ? 1 : 0)));
  });
}

const isSpread = (operator: Constraint['operator']): operator is SpreadRule['operator'] =>
  operator === 'UNIQUE' || operator === 'CLUSTER' || operator === 'GROUP_BY' || operator === 'MAX_PER';

/** `never`: it does not become possible by more runs of the job being placed. */
export type SpreadAnswer = 'yes' | 'notNow' | 'never';

/** Where the active runs of one job are, by attribute and value. Mutable; lives for one plan. */
export class JobSpread {
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(placed: Iterable<PlaceValues>) {
    for (const values of placed) this.add(values);
  }

  add(values: PlaceValues): void {
    for (const [attribute, value] of Object.entries(values)) {
      let counts = this.#counts.get(attribute);
      if (counts === undefined) {
        counts = new Map();
        this.#counts.set(attribute, counts);
      }
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }

  /** Whether one more run may go where the attribute has this value. */
  allows({ attribute, operator, count }: SpreadRule, value: string | undefined): SpreadAnswer {
    if (value === undefined) return 'never';
    const counts = this.#counts.get(attribute);
    const here = counts?.get(value) ?? 0;
    switch (operator) {
      case 'UNIQUE':
      case 'MAX_PER':
        return here < count ? 'yes' : 'never';
      case 'CLUSTER':
        return counts === undefined || here > 0 ? 'yes' : 'never';
      case 'GROUP_BY': {
        if (counts === undefined || here === 0) return 'yes';
        return counts.size >= count && here <= Math.min(...counts.values()) ? 'yes' : 'notNow';
      }
    }
  }
}
