import type { RuleKind } from '../rule-spec.js';

/** A compiled rule, by its normal form, as a short English sentence. */
export function describeRule(kind: RuleKind, normal: string, timezone: string): string {
  return kind === 'at' ? `Once, at ${normal}` : `${normal}, ${timezone}`;
}
