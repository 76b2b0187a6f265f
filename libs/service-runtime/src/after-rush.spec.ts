import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AfterRush } from './after-rush.js';
import { createLogger } from './log.js';
import { Rush } from './rush.js';

const MB = 1024 ** 2;

/** `load` and `held` may be changed; `giveBack` takes a fifth of a second. */
function world() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const now = { load: 0, held: 300 * MB };
  const rush = new Rush();
  const giveBack = vi.fn(() => void vi.setSystemTime(Date.now() + 200));
  const loop = new AfterRush({
    ...{ log: createLogger('spec'), rush, giveBack, clock: () => Date.now() },
    load: () => now.load,
    held: () => now.held,
  });
  onTestFinished(() => loop.stop());
  loop.start();
  return { now, rush, giveBack, loop };
}

describe('AfterRush', () => {
  it('gives memory back once, when the rush is over and nothing is to do', async () => {
    const { now, rush, giveBack } = world();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(giveBack).not.toHaveBeenCalled();

    now.load = 0.9;
    rush.saw(1_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(giveBack).not.toHaveBeenCalled();
    now.load = 0.1;
    await vi.advanceTimersByTimeAsync(250);
    expect(giveBack).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(giveBack).toHaveBeenCalledOnce();
  });

  it('does not look during the rush, nor at what was before its end', async () => {
    const { rush, giveBack } = world();
    rush.saw(1_000);
    await vi.advanceTimersByTimeAsync(299);
    expect(rush.isOn).toBe(true);
    expect(giveBack).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(250);
    expect(giveBack).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5);
    expect(giveBack).toHaveBeenCalledOnce();
  });

  it('pauses for no more than a hundredth of the time', async () => {
    const { rush, giveBack } = world();
    const calls: number[] = [];
    for (let second = 0; second < 60; second++) {
      rush.saw(1_000);
      await vi.advanceTimersByTimeAsync(1_000);
      calls.push(giveBack.mock.calls.length);
    }
    expect(calls[1]).toBe(1);
    expect(calls.at(-1)).toBeGreaterThanOrEqual(2);
    expect(calls.at(-1)).toBeLessThanOrEqual(4);
  });

  it('leaves a small heap alone, and a process that is at work for a minute', async () => {
    const { now, rush, giveBack } = world();
    now.held = 100 * MB;
    rush.saw(1_000);
    await vi.advanceTimersByTimeAsync(10_000);

    Object.assign(now, { load: 0.6, held: 300 * MB });
    rush.saw(1_000);
    await vi.advanceTimersByTimeAsync(62_000);
    now.load = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(giveBack).not.toHaveBeenCalled();
  });

  it('gives nothing back when it is stopped, and again when it is started', async () => {
    const { rush, giveBack, loop } = world();
    rush.saw(1_000);
    const stopped = loop.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    await stopped;
    expect(giveBack).not.toHaveBeenCalled();
    loop.start();
    rush.saw(1_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(giveBack).toHaveBeenCalledOnce();
  });
});
