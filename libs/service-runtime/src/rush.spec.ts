import { expect, it } from 'vitest';
import { Rush } from './rush.js';

const rushAt = (times: { now: number }) =>
  new Rush({ longestMs: 2_000, everyMs: 10_000, clock: () => times.now });

it('goes on as long as it is told again, and is over by itself', async () => {
  const times = { now: 0 };
  const rush = rushAt(times);
  expect(rush.isOn).toBe(false);
  rush.saw(49);
  expect(rush.isOn).toBe(false);
  rush.saw(50);
  times.now = 200;
  rush.saw(1_000);
  times.now = 499;
  expect(rush.isOn).toBe(true);
  times.now = 500;
  expect(rush.isOn).toBe(false);
  await rush.calm();
});

it('keeps others waiting for two seconds of ten at most, however long it goes on', () => {
  const times = { now: 0 };
  const rush = rushAt(times);
  let waiting = 0;
  for (; times.now < 100_000; times.now += 10) {
    rush.saw(50);
    if (rush.isOn) waiting += 10;
  }
  expect(waiting).toBe(20_000);
});

it('lets go of who waits when it is over or when they stop', async () => {
  const rush = new Rush({ longestMs: 20 });
  rush.saw(100);
  await rush.calm();
  expect(rush.isOn).toBe(false);

  const endless = new Rush({ longestMs: 3_600_000 });
  endless.saw(100);
  const stopping = new AbortController();
  const calm = endless.calm(stopping.signal);
  stopping.abort();
  await calm;
  expect(endless.isOn).toBe(true);
});
