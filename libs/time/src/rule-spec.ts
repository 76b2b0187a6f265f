import { invalid } from '@carillon/event-sourcing';

export type RuleKind = RuleSpec['kind'];

/** When a schedule is due, in words of its kind. */
export type RuleSpec =
  | { readonly kind: 'cron'; readonly cron: string }
  | { readonly kind: 'interval'; readonly interval: string }
  | { readonly kind: 'rrule'; readonly rrule: string }
  | { readonly kind: 'at'; readonly at: number };

/** The fields of a schedule that say when it is due, as carillon.v1.Schedule has them. */
export interface ScheduleFields {
  /** Empty or absent for another kind. */
  readonly cron?: string;
  readonly interval?: string;
  readonly rrule?: string;
  readonly at?: number;
  readonly timezone: string;
  /** No instant before it. */
  readonly from?: number;
  /** No instant at or after it. */
  readonly until?: number;
  /** iCalendar texts, `weekends`, time intervals, one after another: no instant inside them. */
  readonly excludedCalendar?: string;
}

/** The one rule of a schedule. Throws `scheduleInvalid` unless it has exactly one. */
export function ruleOf({ cron, interval, rrule, at }: ScheduleFields): RuleSpec {
  const rules: RuleSpec[] = [];
  if (cron !== undefined && cron !== '') rules.push({ kind: 'cron', cron });
  if (interval !== undefined && interval !== '') rules.push({ kind: 'interval', interval });
  if (rrule !== undefined && rrule !== '') rules.push({ kind: 'rrule', rrule });
  if (at !== undefined) rules.push({ kind: 'at', at });
  const [only, ...others] = rules;
  if (only !== undefined && others.length === 0) return only;
  if (rules.length === 0 && cron === '') return { kind: 'cron', cron };
  const rule = 'exactly one of cron, interval, rrule and at';
  const value = rules.map(({ kind }) => kind);
  throw invalid('scheduleInvalid', `A schedule needs ${rule}, got ${value.join(', ') || 'none'}`, {
    path: [value[1] ?? 'cron'],
    value,
    rule,
  });
}
