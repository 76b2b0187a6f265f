import { expect, test } from 'vitest';
import { RequestRate } from './request-rate.js';

test('lets so many a second through, twice as many at once, each principal by itself', () => {
  const rate = new RequestRate(2);
  const taken = (principal: string, now: number) => rate.take(principal, now) ?? 'ok';
  expect([0, 0, 0, 0, 0].map((now) => taken('a', now))).toEqual(['ok', 'ok', 'ok', 'ok', 1]);
  expect(taken('b', 0)).toBe('ok');
  expect([500, 500, 1000].map((now) => taken('a', now))).toEqual(['ok', 1, 'ok']);
});

test('0 is no limit, and memory does not grow with principals', () => {
  const none = new RequestRate(0);
  expect(Array.from({ length: 1000 }, () => none.take('a', 0)).every((one) => one === undefined)).toBe(true);
  const rate = new RequestRate(1);
  rate.take('first', 0);
  rate.take('first', 0);
  expect(rate.take('first', 0)).toBe(1);
  for (let index = 0; index < 10_001; index++) rate.take(`p${index}`, 0);
  expect(rate.take('first', 0)).toBeUndefined();
});
