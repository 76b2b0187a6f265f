import { expect, test } from 'vitest';
import { ScheduleCache } from './schedule-cache.js';

test('remembers by zone and expression, never more than its limit', () => {
  const cache = new ScheduleCache<number>(3);
  cache.set('UTC', 'a', 1);
  cache.set('UTC', 'b', 2);
  cache.set('Europe/Rome', 'a', 3);
  expect([cache.get('UTC', 'a'), cache.get('Europe/Rome', 'a'), cache.get('Europe/Rome', 'b')]).toEqual([
    1,
    3,
    undefined,
  ]);
  cache.set('UTC', 'c', 4);
  expect([cache.get('UTC', 'a'), cache.get('UTC', 'c')]).toEqual([undefined, 4]);
});

test('what weighs more counts for more', () => {
  const cache = new ScheduleCache<number>(100);
  cache.set('UTC', 'a', 1, 60);
  cache.set('UTC', 'b', 2, 40);
  expect([cache.get('UTC', 'a'), cache.get('UTC', 'b')]).toEqual([1, 2]);
  cache.set('UTC', 'c', 3, 1);
  expect(['a', 'b', 'c'].map((key) => cache.get('UTC', key))).toEqual([undefined, undefined, 3]);
  cache.set('UTC', 'd', 4, 99);
  expect(['c', 'd'].map((key) => cache.get('UTC', key))).toEqual([3, 4]);
});
