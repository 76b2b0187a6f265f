import type { Offer } from '@carillon/mesos';
import { expect, it } from 'vitest';
import { OfferPool } from './offer-pool.js';

const offer = (id: string) => ({ id: { value: id }, resources: [] }) as unknown as Offer;
const poolOf = (...ids: string[]) => {
  const pool = new OfferPool();
  pool.add(ids.map(offer));
  return pool;
};
const idsOf = (pool: OfferPool) => pool.all().map(({ id }) => id.value);

it('has what was lent again, but for what was rescinded meanwhile', () => {
  const pool = poolOf('a', 'b', 'c');
  pool.lend(['a', 'b', 'unknown']);
  expect(idsOf(pool)).toEqual(['c']);
  pool.remove('b');
  pool.giveBack();
  expect(idsOf(pool)).toEqual(['c', 'a']);
});

it('has nothing of an old subscription again', () => {
  const pool = poolOf('a', 'b');
  pool.lend(['a']);
  pool.clear();
  pool.add([offer('new')]);
  pool.giveBack();
  expect(idsOf(pool)).toEqual(['new']);
});

it('keeps nothing of what is answered', () => {
  const pool = poolOf('a');
  pool.lend(['a']);
  pool.settle();
  pool.giveBack();
  expect(idsOf(pool)).toEqual([]);
});

it('knows how old an offer is that was lent', () => {
  const pool = poolOf('a');
  const now = performance.now();
  pool.lend(['a']);
  pool.giveBack();
  expect(pool.takeOlder(now)).toEqual(['a']);
});
