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
