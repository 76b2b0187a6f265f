import { describe, expect, test } from 'vitest';
import { refuseBadParents, refuseOrphans } from './dependency.rules.js';

const graph = new Map(
  Object.entries({ a: [], b: ['a'], c: ['a', 'b'], d: [] }).map(([id, parents]) => [id, { parents }]),
);

describe('the parents of a job', () => {
  test('may be any that do not depend on it', () => {
    refuseBadParents('d', ['a', 'c'], graph);
    refuseBadParents('b', ['a'], graph);
  });
  test('have to exist', () => {
    expect(() => refuseBadParents('d', ['x', 'a', 'y'], graph)).toThrow(
      'Dependencies contain unknown jobs. unknown=[x, y]',
    );
  });
  test.each([
    ['itself', 'd', ['d']],
    ['a child', 'b', ['c']],
    ['a grandchild', 'a', ['c']],
  ])('are refused when one is %s', (_name, jobId, parents) => {
    expect(() => refuseBadParents(jobId, parents, graph)).toThrow('Dependencies have a cycle.');
  });
});

test('a job that others depend on stays', () => {
  refuseOrphans('a', []);
  expect(() => refuseOrphans('a', ['b', 'c'])).toThrow(
    'There are jobs with a dependency on a. children=[b, c]',
  );
});
