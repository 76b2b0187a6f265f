import { invalid } from '@carillon/event-sourcing';

export type Path = readonly (string | number)[];

/** One broken rule and its place. `details.problems` of an `invalid` error is a list of these. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** The error of a body that cannot be read, with everything that is wrong with it. */
export const unreadable = (problems: readonly Problem[]) =>
  invalid('bodyInvalid', 'Object is not valid', { problems });

/** A path as Metronome prints it: `/run/networks(0)/name`. */
export const printPath = (path: Path) =>
  path.length === 0
    ? '/'
    : path.map((step) => (typeof step === 'number' ? `(${step})` : `/${step}`)).join('');

/** Metronome's `details`: one entry per path, in order of appearance. */
export function printProblems(problems: readonly Problem[]): { path: string; errors: string[] }[] {
  const byPath = new Map<string, string[]>();
  for (const { path, message } of problems) {
    const printed = printPath(path);
    byPath.set(printed, [...(byPath.get(printed) ?? []), message]);
  }
  return [...byPath].map(([path, errors]) => ({ path, errors }));
}
