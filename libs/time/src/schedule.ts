import { describeRule } from './describe/describe-rule.js';
import type { Recurrence, Shift } from './recurrence.js';
import type { RuleKind } from './rule-spec.js';
import { Zone } from './zone/zone.js';

/** One due instant of a preview. */
export interface DueInstant {
  /** Epoch milliseconds UTC. */
  readonly at: number;
  /** RFC 3339 in the schedule's zone, to the second, such as `2026-03-29T03:00:00+02:00`. */
  readonly local: string;
  readonly shift?: Shift;
}

/** A schedule of any kind, ready to be asked. Immutable and shared between equal schedules. Instants are epoch milliseconds. */
export interface CompiledSchedule {
  readonly kind: RuleKind;
  /** The canonical text of the rule, of the kind's field: equal rules have equal ones, and it compiles to the same rule. */
  readonly normal: string;
  readonly timezone: string;
  /** The first due instant strictly after `after`; undefined when there is none. Bounded work, as for the others. */
  next(after: number): number | undefined;
  /** The last due instant strictly before `before`; undefined when there is none. */
  previous(before: number): number | undefined;
  /** The first `limit` due instants of `from <= at < to`, ascending. */
  between(from: number, to: number, limit: number): DueInstant[];
  /** A short English sentence: `At 03:30 on Monday, Europe/Berlin`. */
  describe(): string;
}

/** A compiled rule in its zone. */
export class ZonedSchedule implements CompiledSchedule {
  readonly kind: RuleKind;
  readonly normal: string;
  readonly timezone: string;
  readonly #recurrence: Recurrence;
  readonly #limits: string;

  /** `limits` says in words what narrows the rule, such as `, until 2027-01-01T00:00:00Z`. */
  constructor(
    kind: RuleKind,
    timezone: string,
    rule: { readonly normal: string; readonly recurrence: Recurrence },
    limits: string,
  ) {
    this.kind = kind;
    this.normal = rule.normal;
    this.timezone = timezone;
    this.#recurrence = rule.recurrence;
    this.#limits = limits;
  }

  next(after: number): number | undefined {
    return this.#recurrence.next(after);
  }

  previous(before: number): number | undefined {
    return this.#recurrence.previous(before);
  }

  between(from: number, to: number, limit: number): DueInstant[] {
    const zone = Zone.named(this.timezone);
    const instants: DueInstant[] = [];
    let at = this.next(from - 1);
    while (at !== undefined && at < to && instants.length < limit) {
      const shift = this.#recurrence.shiftOf(at);
      instants.push({ at, local: zone.localTimeOf(at), ...(shift === undefined ? {} : { shift }) });
      at = this.next(at);
    }
    return instants;
  }

  describe(): string {
    return describeRule(this.kind, this.normal, this.timezone) + this.#limits;
  }
}
