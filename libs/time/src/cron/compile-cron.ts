import { invalid } from '@carillon/event-sourcing';
import type { CompiledRule } from '../compile-rule.js';
import type { Zone } from '../zone/zone.js';
import { ZonedRule } from '../zone/zoned-rule.js';
import { CronRule } from './cron-rule.js';
import { isSpread, spreadBy } from './spread.js';

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** A cron expression or nickname. Throws `cronInvalid`. */
export function compileCron(cron: string, zone: Zone, seed: string | undefined): CompiledRule {
  const rule = cronRuleOf(cron, seed);
  return { normal: rule.normal, recurrence: new ZonedRule(rule, zone) };
}

export function cronRuleOf(cron: string, seed: string | undefined): CronRule {
  const text = cron.trim();
  if (seed === undefined && isSpread(text))
    refuse(cron, 'H and ~ are spread by the id of the job, which is not known here');
  if (!text.startsWith('@')) return CronRule.parse(cron, spreadBy(seed ?? ''));
  const expression = NICKNAMES[text.toLowerCase()];
  if (expression === undefined) refuse(cron, `nicknames are ${Object.keys(NICKNAMES).join(' ')}`);
  return CronRule.parse(expression, spreadBy(''));
}

function refuse(value: string, rule: string): never {
  throw invalid('cronInvalid', `'${value}' is not a valid cron expression: ${rule}`, {
    path: ['cron'],
    value,
    rule,
  });
}
