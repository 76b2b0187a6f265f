import { describe, expect, it } from 'vitest';
import {
  afterIdle,
  afterOverload,
  afterStart,
  defaultWindowLimits as limits,
  type LaunchWindow,
  openWindow,
  windowLimits,
} from './launch-window.js';

/** A round of starts at the size of the window, at so many a second. */
function round(window: LaunchWindow, perSecond: number, tookMs: number, of = limits): LaunchWindow {
  let now = window.since + 1_000_000;
  let next = window;
  const starts = window.size * Math.ceil(12 / window.size);
  for (let start = 0; start <= starts; start += 1) {
    next = afterStart(next, { launchedAt: now - tookMs, now, full: true }, of);
    now += 1_000 / perSecond;
  }
  return next;
}

const sizes = (window: LaunchWindow, rateAt: (size: number) => number, tookMs: number, rounds: number) => {
  const seen = [window.size];
  for (let n = 0; n < rounds; n += 1) seen.push((window = round(window, rateAt(window.size), tookMs)).size);
  return seen;
};

describe('the launch window of an agent', () => {
  it('doubles per round up to the maximum while the rate of quick starts grows', () =>
    expect(sizes(openWindow(limits), (size) => 20 * size, 50, 8)).toEqual([
      16, 32, 64, 128, 256, 512, 512, 512, 512,
    ]));

  it('stays when quick starts become no more with more at once', () =>
    expect(sizes(openWindow(limits), (size) => 20 * Math.min(size, 32), 50, 5)).toEqual([
      16, 32, 64, 32, 32, 32,
    ]));

  it('is halved while that is better', () =>
    expect(sizes(openWindow(limits), (size) => 40 - 2 * size, 300, 5)).toEqual([16, 8, 4, 3, 4, 4]));

  it('stays where half and twice as many at once are no better, however few would do', () =>
    expect(sizes(openWindow(limits), (size) => (size < 4 ? 9 : 13), 300, 4)).toEqual([16, 8, 32, 16, 16]));

  it('is doubled while the rate grows, however long starts take', () =>
    expect(sizes(openWindow(limits), (size) => Math.min(size, 64), 4_000, 6)).toEqual([
      16, 8, 32, 64, 128, 64, 64,
    ]));

  it('tries its neighbours again after a rest, and at once when the rate has changed', () => {
    let rate = (size: number): number => (size < 4 ? 9 : 13);
    const at16 = sizes(openWindow(limits), (size) => rate(size), 300, 30);
    expect(at16).toEqual([16, 8, 32, ...Array<number>(24).fill(16), 8, 32, 16, 16]);
    let window = openWindow(limits);
    for (let n = 0; n < 3; n += 1) window = round(window, rate(window.size), 300);
    rate = (size) => 6 * size;
    expect(sizes(window, rate, 300, 4)).toEqual([16, 8, 32, 64, 128]);
  });

  it('does not count what was launched before its size, or while there was room', () => {
    const window = { ...openWindow(limits), since: 500 };
    expect(afterStart(window, { launchedAt: 499, now: 2_000, full: true }, limits)).toBe(window);
    expect(afterStart(window, { launchedAt: 600, now: 2_000, full: false }, limits)).toBe(window);
  });

  it('begins its round anew when there was nothing to start', () => {
    const begun = afterStart(openWindow(limits), { launchedAt: 1, now: 90, full: true }, limits);
    expect(begun.round).toBeDefined();
    const anew = afterIdle(begun, 1_000);
    expect(anew.round).toBeUndefined();
    expect(afterStart(anew, { launchedAt: 1_000, now: 1_090, full: true }, limits)).toBe(anew);
    expect(afterStart(anew, { launchedAt: 1_001, now: 1_090, full: true }, limits).round).toBeDefined();
  });

  it('is halved once by unusually slow starts, down to the minimum', () => {
    const quick = { ...openWindow(limits), size: 100, usuallyMs: 50 };
    const once = afterStart(quick, { launchedAt: 10, now: 6_000, full: true }, limits);
    expect(once).toMatchObject({ size: 50, since: 6_000 });
    expect(afterStart(once, { launchedAt: 20, now: 6_001, full: true }, limits)).toBe(once);
    const small = { ...quick, size: 4 };
    expect(afterStart(small, { launchedAt: 10, now: 6_000, full: true }, limits).size).toBe(limits.min);
    const usual = { ...quick, usuallyMs: 4_000 };
    expect(afterStart(usual, { launchedAt: 10, now: 6_000, full: true }, limits).size).toBe(100);
  });

  it('is fixed where it is to begin with as large as it may be', () => {
    const fixed = windowLimits({ initial: 1_000, max: 1_000 });
    let window = openWindow(fixed);
    for (let n = 0; n < 5; n += 1) window = round(window, 10, 2_000, fixed);
    expect(window.size).toBe(1_000);
    expect(afterOverload(window, 7, fixed).size).toBe(1_000);
    expect(windowLimits({ initial: 1, max: 8 })).toMatchObject({ min: 1, initial: 1, max: 8 });
  });

  it('falls to the minimum when executors do not register', () =>
    expect(afterOverload({ ...openWindow(limits), size: 300 }, 7, limits)).toMatchObject({
      size: limits.min,
      since: 7,
    }));
});
