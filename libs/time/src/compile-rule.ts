import { invalid } from '@carillon/event-sourcing';
import { compileCron } from './cron/compile-cron.js';
import { compileInstant } from './instant/compile-instant.js';
import type { Recurrence } from './recurrence.js';
import type { RuleSpec } from './rule-spec.js';
import type { Zone } from './zone/zone.js';

/** A rule of any kind, understood. */
export interface CompiledRule {
  readonly normal: string;
  readonly recurrence: Recurrence;
}

/** The one place that knows all kinds. */
export function compileRule(spec: RuleSpec, zone: Zone, seed: string | undefined): CompiledRule {
  switch (spec.kind) {
    case 'cron':
      return compileCron(spec.cron, zone, seed);
    case 'at':
      return compileInstant(spec.at);
    case 'interval':
    case 'rrule':
      throw invalid('scheduleInvalid', `${spec.kind} is not available`, { path: [spec.kind] });
  }
}
