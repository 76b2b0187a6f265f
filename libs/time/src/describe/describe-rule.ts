import type { RuleKind } from '../rule-spec.js';
import { describeCron } from './describe-cron.js';
import { describeEvery, describeInterval } from './describe-interval.js';
import { describeRrule } from './describe-rrule.js';

/** A compiled rule, by its normal form, as a short English sentence. */
export function describeRule(kind: RuleKind, normal: string, timezone: string): string {
  switch (kind) {
    case 'cron':
      return normal.startsWith('@') ? describeEvery(normal) : `${describeCron(normal)}, ${timezone}`;
    case 'interval':
      return `${describeInterval(normal)}, ${timezone}`;
    case 'rrule':
      return `${describeRrule(normal)}, ${rruleZone(normal) ?? timezone}`;
    case 'at':
      return `Once, at ${normal.replace('.000Z', 'Z')}`;
  }
}

function rruleZone(normal: string): string | undefined {
  const [, tzid, utc] = /^DTSTART(?:;TZID=([^:]+))?[^\n]*?(Z?)(?:\n|$)/.exec(normal) ?? [];
  return tzid ?? (utc === 'Z' ? 'UTC' : undefined);
}
