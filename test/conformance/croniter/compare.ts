import { DIFFERENCES, type Theirs } from './differences.js';
import { type Question, questionOf } from './question.js';
import type { Triple } from './random-triples.js';

/** One that is not as the rules of docs/time-differences.md have it. */
export interface Unexplained extends Triple {
  readonly ours: string;
  readonly theirs: string;
}

export interface Comparison {
  readonly compared: number;
  /** How many were told apart by each rule of the table. */
  readonly explained: ReadonlyMap<string, number>;
  readonly unexplained: readonly Unexplained[];
}

/** Asks both for every triple. */
export async function compareWithCroniter(
  triples: readonly Triple[],
  ask: (requests: readonly unknown[]) => Promise<unknown[]>,
): Promise<Comparison> {
  const questions = triples.map(questionOf);
  const requests = questions.map(({ cron, timezone, instant, direction, ours }) => [
    direction,
    theirForm(cron),
    timezone,
    instant / 1000,
    ours === 'refused' ? 12 : 130, // a date that exists at all comes within 12 years, but for one in far years
  ]);
  const answers = (await ask(requests)) as Theirs[];
  const explained = new Map<string, number>();
  const unexplained: Unexplained[] = [];
  questions.forEach((question, index) => {
    const answer = answers[index] ?? null;
    const theirs = typeof answer === 'number' ? answer * 1000 : answer;
    if (theirs === (question.ours ?? null)) return;
    const rule = DIFFERENCES.find(({ applies }) => applies(question, theirs));
    if (rule) explained.set(rule.name, (explained.get(rule.name) ?? 0) + 1);
    else unexplained.push(unexplainedOf(question, theirs));
  });
  return { compared: triples.length, explained, unexplained };
}

/**
 * The expression as croniter writes what we mean: the second is its sixth field, the year its seventh, and what it reads
 * otherwise is written out (the rows `syntax` of docs/time-differences.md).
 */
export function theirForm(cron: string): string {
  const fields = cron.split(' ').map(withoutRangesOfOne);
  const second = fields.length === 7 ? fields.shift() : '0';
  const [weekday = '*', year] = fields.splice(4);
  const five = [...fields, weekdays(weekday)].join(' ');
  return year === undefined ? five : `${five} ${second ?? '0'} ${year}`;
}

/** `5-5` is the whole field there. */
const withoutRangesOfOne = (field: string) => field.replace(/^(\d+)-\1(\/\d+)?$/, '$1');

/** `5L` is written `L5`; `1/6` ends on Saturday there, and here on Sunday, the 7. */
function weekdays(field: string): string {
  const [, first, step] = /^(\d)\/(\d+)$/.exec(field) ?? [];
  if (first === undefined || step === undefined) return field.replace(/^(\d)L$/, 'L$1');
  const days: number[] = [];
  for (let day = Number(first) % 7; day <= (first === '7' ? 0 : 7); day += Number(step)) days.push(day % 7);
  return days.join(',');
}

const unexplainedOf = (
  { cron, timezone, instant, direction, ours }: Question,
  theirs: Theirs,
): Unexplained => ({
  ...{ cron, timezone, instant, direction },
  ours: text(ours),
  theirs: text(theirs),
});

const text = (answer: number | Theirs | undefined | 'refused'): string =>
  typeof answer === 'number' ? new Date(answer).toISOString() : JSON.stringify(answer ?? null);
