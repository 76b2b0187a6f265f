import { expect, it } from 'vitest';
import { Rush } from './rush.js';

const rushAt = (times: { now: number }) => new Rush({ longestMs: 6_000, share: 0.2, clock: () => times.now });

/** How long others wait in a row at most, and in all, where it is told of so many every 10 ms. */
function waitingOf(rush: Rush, times: { now: number }, untilMs: number, every = 10) {
  let [longest, inRow, all] = [0, 0, 0];
  for (; times.now < untilMs; times.now += 10) {
    if (times.now % every === 0) rush.saw(50);
    inRow = rush.isOn ? inRow + 10 : 0;
    longest = Math.max(longest, inRow);
    if (rush.isOn) all += 10;
  }
  return { longest, all };
}

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

it('keeps others waiting for six seconds, then for two of ten, however long it goes on', () => {
  const times = { now: 0 };
  const rush = rushAt(times);
  expect(waitingOf(rush, times, 6_000)).toEqual({ longest: 6_000, all: 6_000 });
  expect(waitingOf(rush, times, 106_000)).toEqual({ longest: 2_000, all: 20_000 });
});

it('saves up for a long one while bursts are short or none', () => {
  const times = { now: 0 };
  const rush = rushAt(times);
  expect(waitingOf(rush, times, 60_000, 2_000)).toEqual({ longest: 300, all: 9_000 });
  expect(waitingOf(rush, times, 70_000).longest).toBe(6_000);
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
