import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences } from './diff.js';

test('says what is new, gone and other, and where', () => {
  const before = { id: 'a', run: { cpus: 1, cmd: 'x' }, labels: { 'a/b': '1' } };
  const after = { id: 'a', run: { cpus: 2, env: {} }, labels: { 'a/b': '2' } };
  expect(differences(before, after)).toEqual([
    { pointer: '/run/cpus', before: 1, after: 2 },
    { pointer: '/run/cmd', before: 'x' },
    { pointer: '/run/env', after: {} },
    { pointer: '/labels/a~1b', before: '1', after: '2' },
  ]);
});

test('knows items of lists by their ids, wherever they stand', () => {
  const first = { id: 'nightly', cron: '0 2 * * *' };
  expect(differences([first, { id: 'weekly' }], [{ id: 'weekly' }, { ...first, cron: '0 3 * * *' }])).toEqual(
    [{ pointer: '/nightly/cron', before: '0 2 * * *', after: '0 3 * * *' }],
  );
  expect(differences(['a', 'b'], ['a', 'c', 'd'])).toEqual([
    { pointer: '/1', before: 'b', after: 'c' },
    { pointer: '/2', after: 'd' },
  ]);
});

test('is empty for equal values, and never for others', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(differences(one, structuredClone(one))).toEqual([]);
      if (JSON.stringify(one) !== JSON.stringify(other) && !sameButOrder(one, other)) {
        expect(differences(one, other)).not.toEqual([]);
      }
    }),
  );
});

const sameButOrder = (one: unknown, other: unknown) => sorted(one) === sorted(other);
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
