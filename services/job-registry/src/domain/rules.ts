import { invalid } from '@carillon/event-sourcing';

/** One broken rule and the place in the specification that breaks it, such as `['run', 'networks', 0, 'name']`. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export const problem = (path: Problem['path'], message: string): Problem => ({ path, message });

/** The same problems, seen from the object that holds this part. */
export const within = (prefix: Problem['path'], problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => problem([...prefix, ...path], message));

/** Refuses with `jobInvalid` and all problems in `details.problems`, if there are any. */
export function refuseIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalid('jobInvalid', 'Object is not valid', { problems });
}

/** Of names that may be there more than once, where each is first. */
export const firstPlaces = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, place) => [name, place] as const).reverse());
