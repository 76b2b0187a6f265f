import { describe, expect, it } from 'vitest';
import { afterOverload, afterStart, defaultWindowLimits as limits, openWindow } from './launch-window.js';

const quick = { launchedAt: 10_000, now: 10_050, inFlight: 1_000 };
const slow = { launchedAt: 10_000, now: 16_000, inFlight: 1_000 };

describe('the launch window of an agent', () => {
  it('doubles per round while starts are quick, up to the maximum', () => {
    let window = openWindow(limits);
    for (let start = 0; start < limits.initial; start += 1) window = afterStart(window, quick, limits);
    expect(window.size).toBe(limits.initial * 2);
    for (let start = 0; start < 10_000; start += 1) window = afterStart(window, quick, limits);
    expect(window.size).toBe(limits.max);
  });

  it('does not grow while it is not used', () =>
    expect(afterStart(openWindow(limits), { ...quick, inFlight: 1 }, limits).size).toBe(limits.initial));

  it('shrinks once per round when starts are slow, down to the minimum', () => {
    const once = afterStart({ size: 100, shrunkAt: 0 }, slow, limits);
    expect(once.size).toBe(70);
    expect(afterStart(once, { ...slow, now: 16_001 }, limits)).toBe(once);
    expect(afterStart(once, { ...slow, launchedAt: 16_001, now: 22_000 }, limits).size).toBe(49);
    expect(afterStart({ size: limits.min, shrunkAt: 0 }, slow, limits).size).toBe(limits.min);
  });

  it('falls to the minimum when executors do not register', () =>
    expect(afterOverload({ size: 300, shrunkAt: 0 }, 1, limits)).toEqual({ size: limits.min, shrunkAt: 1 }));
});
