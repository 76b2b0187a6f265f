import { type Problem, problem } from './rules.js';

/** Texts go into command lines, environments and JSON: those hold neither NUL nor half of a surrogate pair. */
export function textProblems(value: unknown, path: Problem['path'] = []): Problem[] {
  if (typeof value === 'string') return isText(value) ? [] : [problem(path, 'is not text')];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textProblems(item, [...path, index]));
  return Object.entries(value).flatMap(([name, member]) =>
    isText(name) ? textProblems(member, [...path, name]) : [problem(path, 'has a name that is not text')],
  );
}

const isText = (value: string) => value.isWellFormed() && !value.includes('\u0000');
