import { hash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX_LENGTH = 5;

/**
 * The id of the run that a schedule's due instant makes: a function of the three, so that a second decision about the same
 * instant collides instead of doubling. In Metronome's shape: yyyyMMddHHmmss of the due instant in UTC, then five
 * alphanumerics, here of the hash.
 */
export function runIdOf(due: {
  readonly uid: string;
  readonly scheduleId: string;
  readonly dueAt: number;
}): string {
  return runId(due.dueAt, `schedule\n${due.uid}\n${due.scheduleId}\n${due.dueAt}`);
}

/** The id of a manual run: a function of the job's uid and an idempotency key (or something random). */
export function manualRunId(run: {
  readonly uid: string;
  readonly key: string;
  readonly createdAt: number;
}): string {
  return runId(run.createdAt, `manual\n${run.uid}\n${run.key}`);
}

/** The id of a workflow run: a function of the run that begins it, unique over all jobs. */
export function workflowRunIdOf(root: { readonly uid: string; readonly runId: string }): string {
  return `${root.runId}-${suffix(`workflow\n${root.uid}\n${root.runId}`)}`;
}

/** The id of the run that a job has in a workflow run, due when the last of its parents has ended. */
export function dependencyRunId(run: {
  readonly uid: string;
  readonly workflowRunId: string;
  readonly dueAt: number;
}): string {
  return runId(run.dueAt, `dependency\n${run.uid}\n${run.workflowRunId}`);
}

/** The id of the run that a backfill makes of a due instant. */
export function backfillRunId(run: {
  readonly uid: string;
  readonly backfillId: string;
  readonly dueAt: number;
}): string {
  return runId(run.dueAt, `backfill\n${run.uid}\n${run.backfillId}\n${run.dueAt}`);
}

/** In one piece, for JSON.stringify: ADR 8. */
function runId(instant: number, text: string): string {
  return [digits(instant), suffix(text)].join('');
}

function digits(instant: number): string {
  if (instant !== lastDigits.instant) {
    lastDigits = { instant, text: new Date(instant).toISOString().replace(/\D/g, '').slice(0, 14) };
  }
  return lastDigits.text;
}

/** Many schedules are due at the same instant. */
let lastDigits = { instant: Number.NaN, text: '' };

/** Base 62 of the first six bytes of SHA-256; the modulo's bias is below 1 in 300,000. */
function suffix(text: string): string {
  let rest = Number.parseInt(hash('sha256', text, 'hex').slice(0, 12), 16);
  let characters = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) {
    characters += ALPHABET[rest % ALPHABET.length] ?? '';
    rest = Math.floor(rest / ALPHABET.length);
  }
  return characters;
}
