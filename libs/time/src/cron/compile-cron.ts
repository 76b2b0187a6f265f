import { invalid } from '@carillon/event-sourcing';
import { periodText } from '../interval/iso-period.js';
import { Repetition } from '../interval/repetition.js';
import type { CompiledRule } from '../recurrence.js';
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

/**
 * A cron expression, a nickname, or `@every 1h30m`: multiples of that much elapsed time since 1970-01-01T00:00Z.
 * Throws `cronInvalid`.
 */
export function compileCron(cron: string, zone: Zone, seed: string | undefined): CompiledRule {
  const every = /^@every\s+(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/i.exec(cron.trim());
  if (every)
    return elapsedTime(
      every.slice(1).map((part) => Number((part as string | undefined) ?? 0)),
      cron,
      zone,
    );
  const { rule, normal } = cronRuleOf(cron, seed);
  return { normal, recurrence: new ZonedRule(rule, zone) };
}

function elapsedTime(
  [hours = 0, minutes = 0, seconds = 0]: number[],
  cron: string,
  zone: Zone,
): CompiledRule {
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (ms === 0) refuse(cron, 'a period longer than zero');
  const period = { months: 0, days: 0, ms };
  return {
    normal: `@every ${periodText(period).slice(2).toLowerCase()}`,
    recurrence: new Repetition(0, 0, period, Number.POSITIVE_INFINITY, zone),
  };
}

export function cronRuleOf(cron: string, seed: string | undefined): ReturnType<typeof CronRule.parse> {
  const text = cron.trim();
  if (seed === undefined && isSpread(text))
    refuse(cron, 'H and ~ are spread by the id of the job, which is not known here');
  if (!text.startsWith('@')) return CronRule.parse(cron, spreadBy(seed ?? ''));
  const expression = NICKNAMES[text.toLowerCase()];
  if (expression === undefined)
    refuse(cron, `nicknames are ${Object.keys(NICKNAMES).join(' ')} and @every, as in @every 1h30m`);
  return CronRule.parse(expression, spreadBy(''));
}

function refuse(value: string, rule: string): never {
  throw invalid('cronInvalid', `'${value}' is not a valid cron expression: ${rule}`, {
    path: ['cron'],
    value,
    rule,
  });
}
