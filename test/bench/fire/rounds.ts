const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Two instants, the earliest from `earliest` on that lie at least `gapMs` apart and that one cron expression has alone in its hour. */
export function twoRounds(
  earliest: number,
  gapMs: number,
): { cron: string; dueAt: readonly [number, number] } {
  const gap = Math.ceil(gapMs / (gapMs < MINUTE ? SECOND : MINUTE)) * (gapMs < MINUTE ? SECOND : MINUTE);
  let first = Math.ceil(earliest / SECOND) * SECOND;
  if (gap < MINUTE && (first % MINUTE) + gap >= MINUTE) first = Math.ceil(first / MINUTE) * MINUTE;
  const [one, two] = [first, first + gap].map((instant) => new Date(instant));
  const fields = [one, two].map((date) => [date?.getUTCSeconds(), date?.getUTCMinutes()]);
  const listed = [0, 1].map((field) => [...new Set(fields.map((values) => values[field]))].join(','));
  return { cron: `${listed.join(' ')} * * * * *`, dueAt: [first, first + gap] };
}
