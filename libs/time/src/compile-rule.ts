import { compileCron } from './cron/compile-cron.js';
import { compileInstant } from './instant/compile-instant.js';
import { compileInterval } from './interval/compile-interval.js';
import type { CompiledRule } from './recurrence.js';
import { compileRrule } from './rrule/compile-rrule.js';
import type { RuleSpec } from './rule-spec.js';
import type { Zone } from './zone/zone.js';

/** What a rule may refer to. */
interface RuleContext {
  /** The id of the job. */
  readonly seed: string | undefined;
  /** The start of the schedule's window. */
  readonly from: number | undefined;
}

/** The one place that knows all kinds. */
export function compileRule(spec: RuleSpec, zone: Zone, { seed, from }: RuleContext): CompiledRule {
  switch (spec.kind) {
    case 'cron':
      return compileCron(spec.cron, zone, seed);
    case 'at':
      return compileInstant(spec.at);
    case 'interval':
      return compileInterval(spec.interval, zone, from);
    case 'rrule':
      return compileRrule(spec.rrule, zone);
  }
}
