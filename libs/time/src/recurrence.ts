/** What the kinds of rules have in common. Instants are epoch milliseconds UTC; every call does bounded work. */
export interface Recurrence {
  /** The first due instant strictly after `after`; undefined when there is none. */
  next(after: number): number | undefined;
  /** The last due instant strictly before `before`; undefined when there is none. */
  previous(before: number): number | undefined;
  /** What a change of the zone's offset did to a due instant; undefined for nearly all. */
  shiftOf(at: number): Shift | undefined;
}

/**
 * `gap`: the local time of the rule does not occur that day, so the instant is the first one after the gap.
 * `overlap`: the local time occurs twice that day, and this is the first.
 */
export type Shift = 'gap' | 'overlap';

/** A rule of any kind, understood. */
export interface CompiledRule {
  /** Its canonical text. */
  readonly normal: string;
  readonly recurrence: Recurrence;
}

/** No instant is computed before 1900 or from 2500 on. */
export const EARLIEST = Date.UTC(1900, 0);
export const LATEST = Date.UTC(2500, 0);
