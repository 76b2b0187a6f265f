import { expect, it } from 'vitest';
import { without } from './without.js';

it('copies all but what is named, symbols too', () => {
  const kept = Symbol('kept');
  const value = { a: 1, b: undefined, c: { d: 2 }, [kept]: 3 };
  expect(without(value, 'a')).toStrictEqual({ b: undefined, c: { d: 2 }, [kept]: 3 });
  expect(without(value, 'b', 'c')).toStrictEqual({ a: 1, [kept]: 3 });
  expect(without(value, 'none')).toStrictEqual(value);
  expect(value.a).toBe(1);
});
