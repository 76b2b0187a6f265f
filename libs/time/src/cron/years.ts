import { shared } from './shared.js';

/** Years one after another. */
export interface YearRun {
  readonly first: number;
  readonly last: number;
}

/** As few runs as the years make; one array for all rules with the same years. */
export const sharedRunsOf = (years: readonly number[]): readonly YearRun[] => shared(runsOf(years));

function runsOf(years: readonly number[]): YearRun[] {
  const runs: { first: number; last: number }[] = [];
  for (const year of [...years].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.last === year - 1) run.last = year;
    else runs.push({ first: year, last: year });
  }
  return runs;
}
