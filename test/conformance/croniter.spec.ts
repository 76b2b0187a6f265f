import { skipsBecause } from '@carillon/rigs';
import { isCarillonError } from '@carillon/event-sourcing';
import { compileSchedule } from '@carillon/time';
import { describe, expect, it } from 'vitest';
import { ask, croniterMissing } from './croniter/ask.js';
import { compareWithCroniter } from './croniter/compare.js';
import { randomRrules } from './croniter/random-rrules.js';
import { randomTriples } from './croniter/random-triples.js';

/** More for a thorough run: CRONITER_SEED=7 CRONITER_TRIPLES=300000 npx vitest run test/conformance/croniter.spec.ts */
const COUNT = Number(process.env['CRONITER_TRIPLES'] ?? 20_000);
/** The same in every run, so that a rare row not yet in the table is found by who looks for it, not by who lands. */
const SEED = Number(process.env['CRONITER_SEED'] ?? 2026);

describe.skipIf(skipsBecause('the comparison with croniter', croniterMissing))('croniter 7.0', () => {
  it('agrees, but for the rows of docs/time-differences.md', { timeout: 1_800_000 }, async () => {
    const { compared, explained, unexplained } = await compareWithCroniter(
      [...randomTriples(SEED, COUNT)],
      ask,
    );
    console.log(`croniter: ${compared} triples of seed ${SEED}:`, Object.fromEntries(explained));
    expect(unexplained.slice(0, 20)).toEqual([]);
  });
});

describe.skipIf(skipsBecause('the examples of differences', croniterMissing))(
  'docs/time-differences.md',
  () => {
    const spring = Date.parse('2024-03-10T00:00-05:00');
    const autumn = Date.parse('2024-11-03T00:00-04:00');

    it.each([
      ['overlap, fixed time', '30 1 * * *', autumn + 2 * 3_600_000, '2024-11-04T06:30Z', '2024-11-03T06:30Z'],
      ['gap, elapsed time', '*/30 2 * * *', spring, '2024-03-11T06:00Z', '2024-03-10T07:00Z'],
      [
        'gap, fixed time with seconds',
        '30 30 2 * * * *',
        spring,
        '2024-03-10T07:00Z',
        '2024-03-10T07:00:30Z',
      ],
      ['syntax: a range of one', '5-5 1 * * *', spring, '2024-03-10T06:05Z', '2024-03-10T06:00Z'],
      ['syntax: steps from a week day', '0 0 * * 1/6', spring, '2024-03-10T05:00Z', '2024-03-11T04:00Z'],
      ['syntax: steps from 7', '0 0 * * 7/2', spring + 3_600_000, '2024-03-17T04:00Z', '2024-03-12T04:00Z'],
    ])('%s: %s', async (_, cron, after, ours, theirs) => {
      const timezone = 'America/New_York';
      expect(compileSchedule({ cron, timezone }).next(after - 1)).toBe(Date.parse(ours));
      const form = cron.split(' ').length === 7 ? '30 2 * * * 30 *' : cron;
      const [answer] = await ask([['next', form, timezone, (after - 1) / 1000, 12]]);
      expect(answer).toBe(Date.parse(theirs) / 1000);
    });
  },
);

describe.skipIf(skipsBecause('the comparison with dateutil', croniterMissing))('dateutil 4.0', () => {
  const LATEST = Date.UTC(2400, 0);

  const first = (rrule: string, limit: number): string[] => {
    try {
      const schedule = compileSchedule({ rrule, timezone: 'UTC' });
      return schedule.between(0, LATEST, limit).map(({ local }) => local.slice(0, 19));
    } catch (error) {
      if (isCarillonError(error, 'invalid')) return [];
      throw error;
    }
  };

  /** dateutil looks at every period in turn: rules that are due rarely or never would keep it for minutes. */
  const isNear = (rule: string, [...occurrences]: string[] = []): boolean => {
    const days = /FREQ=(HOURLY|MINUTELY|SECONDLY)/.test(rule) ? 30 : 10_000;
    const last = Date.parse(`${occurrences[7] ?? ''}Z`);
    return last - Date.UTC(2024, 0) < (days + 400) * 86_400_000;
  };

  it('agrees on the first occurrences of recurrence rules', { timeout: 1_800_000 }, async () => {
    const rules = [...randomRrules(SEED, COUNT / 40)];
    const mine = rules.map((rule) => first(rule, 8));
    const asked = rules.flatMap((rule, index) =>
      isNear(rule, mine[index]) ? [{ rule, ours: mine[index] }] : [],
    );
    const answers = await ask(asked.map(({ rule }) => ['rrule', rule, 8]));
    const different = asked.flatMap(({ rule, ours }, index) =>
      JSON.stringify(answers[index]) === JSON.stringify(ours) ? [] : [{ rule, ours, theirs: answers[index] }],
    );
    console.log(
      `dateutil: ${asked.length} rules of seed ${SEED}, ${rules.length - asked.length} due too rarely to ask`,
    );
    expect(asked.length).toBeGreaterThan(rules.length * 0.5);
    expect(different.slice(0, 20)).toEqual([]);
  });
});
