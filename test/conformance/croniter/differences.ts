import type { Question } from './question.js';

/** What croniter answered: an instant in ms, none, or a refusal. */
export type Theirs = number | null | { readonly error: string };

/** A row of docs/time-differences.md. */
interface Difference {
  readonly name: string;
  /** Whether the two answers differ by this rule, and our answer is what the rule says. */
  readonly applies: (question: Question, theirs: Theirs) => boolean;
}

const DAY = 86_400_000;

/** The same local time was shown once before. */
function isSecondPass({ offsetAt }: Question, at: number): boolean {
  const local = at + offsetAt(at);
  const earlier = local - offsetAt(at - DAY);
  return earlier < at && earlier + offsetAt(earlier) === local;
}

/** The same local time is shown again later. */
function comesAgain({ offsetAt }: Question, at: number): boolean {
  const local = at + offsetAt(at);
  const later = local - offsetAt(at + DAY);
  return later > at && later + offsetAt(later) === local;
}

/** The clock was put forward at that minute. */
function endsGap({ offsetAt }: Question, at: number): boolean {
  const minute = at - (at % 60_000);
  return offsetAt(minute) > offsetAt(minute - 1000);
}

/** We pass over their instant: asked from it, we answer the same. */
const passedOver = (question: Question, theirs: number) => question.from(theirs) === question.ours;

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'impossible dates',
    applies: ({ ours }, theirs) => ours === 'refused' && theirs === null,
  },
  {
    name: 'overlap, fixed time',
    applies: (question, theirs) =>
      typeof theirs === 'number' &&
      !question.elapsed &&
      isSecondPass(question, theirs) &&
      question.names(theirs) &&
      passedOver(question, theirs),
  },
  {
    name: 'gap, fixed time with seconds',
    applies: (question, theirs) =>
      typeof theirs === 'number' &&
      typeof question.ours === 'number' &&
      !question.elapsed &&
      endsGap(question, theirs) &&
      !question.names(theirs) &&
      (question.ours === theirs - (theirs % 60_000) || passedOver(question, theirs)),
  },
  {
    name: 'gap, elapsed time',
    applies: (question, theirs) =>
      typeof theirs === 'number' &&
      question.elapsed &&
      endsGap(question, theirs) &&
      !question.names(theirs) &&
      passedOver(question, theirs),
  },
  {
    name: 'overlap, backwards',
    applies: (question, theirs) =>
      typeof theirs === 'number' &&
      typeof question.ours === 'number' &&
      question.direction === 'previous' &&
      theirs < question.ours &&
      question.names(question.ours) &&
      comesAgain(question, question.ours) &&
      isSecondPass(question, question.instant),
  },
];
