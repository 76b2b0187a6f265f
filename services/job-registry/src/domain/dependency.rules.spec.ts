import { describe, expect, test, vi } from 'vitest';
import { refuseBadParents, refuseOrphans } from './dependency.rules.js';

const all: Readonly<Record<string, readonly string[]>> = { a: [], b: ['a'], c: ['a', 'b'], d: [] };
const graphOf = (jobs: typeof all) =>
  new Map(Object.entries(jobs).map(([id, parents]) => [id, { parents }] as const));
/** The jobs of `changes` come to have these parents. */
const judge = (changes: typeof all) =>
  refuseBadParents(Object.keys(changes), graphOf({ ...all, ...changes }));

describe('the parents of a job', () => {
  test('may be any that do not depend on it', () => {
    judge({ d: ['a', 'c'] });
    judge({ b: ['a'] });
    judge({ d: ['c'], e: ['d', 'a'], f: ['e', 'd', 'c'] });
  });
  test('have to exist', () => {
    expect(() => judge({ d: ['x', 'a', 'y'] })).toThrow('Dependencies contain unknown jobs. unknown=[x, y]');
  });
  test.each<[string, typeof all]>([
    ['itself', { d: ['d'] }],
    ['a child', { b: ['c'] }],
    ['a grandchild', { a: ['c'] }],
    ['of each other', { e: ['f'], f: ['e'] }],
    ['beside others that are not', { d: ['c'], e: ['d', 'g'], f: ['e'], g: ['f', 'a'] }],
  ])('are refused when one is %s', (_name, changes) => {
    expect(() => judge(changes)).toThrow('Dependencies have a cycle.');
  });
  test('are looked at once, however many jobs change together', () => {
    const chain = Array.from({ length: 500 }, (_, n) => [`j${n}`, n === 0 ? [] : [`j${n - 1}`]] as const);
    const graph = graphOf(Object.fromEntries(chain));
    const get = vi.spyOn(graph, 'get');
    refuseBadParents(graph.keys(), graph);
    expect(get.mock.calls.length).toBeLessThanOrEqual(2 * chain.length);
  });
});

test('a job that others depend on stays', () => {
  refuseOrphans('a', []);
  expect(() => refuseOrphans('a', ['b', 'c'])).toThrow(
    'There are jobs with a dependency on a. children=[b, c]',
  );
});
