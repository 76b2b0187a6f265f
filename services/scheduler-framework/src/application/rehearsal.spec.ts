import { createLogger } from '@carillon/service-runtime';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Rehearsal } from './rehearsal.js';
import { rehearseRuns } from './rehearse-runs.js';

describe('rehearseRuns', () => {
  it('takes every run from due to its end', async () => {
    expect(await rehearseRuns(1)).toBe(1);
    expect(await rehearseRuns(25)).toBe(25);
  });
});

describe('Rehearsal', () => {
  /** `calm` is asked before each turn. */
  function rehearsal(calm: () => Promise<void> = () => Promise.resolve()) {
    const turns: number[] = [];
    let asked = 0;
    const tidyUp = vi.fn();
    const loop = new Rehearsal({
      rush: {
        calm: () => {
          asked += 1;
          return calm();
        },
      },
      log: createLogger('spec'),
      rehearse: (count) => Promise.resolve(turns.push(count)),
      tidyUp,
    });
    onTestFinished(() => loop.stop());
    loop.start();
    return { loop, turns, asked: () => asked, tidyUp };
  }

  it('rehearses a few at a time, tidies up once, and then no more', async () => {
    const { loop, turns, asked, tidyUp } = rehearsal();
    await expect.poll(asked).toBe(60);
    await expect.poll(() => tidyUp.mock.calls.length).toBe(1);
    await loop.stop();
    expect(turns).toEqual(Array.from({ length: 60 }, () => 10));
    expect(asked()).toBe(60);
    expect(tidyUp).toHaveBeenCalledOnce();
  });

  it('waits while there is a rush', async () => {
    const over = Promise.withResolvers<undefined>();
    const { turns, asked } = rehearsal(() => over.promise);
    await expect.poll(asked).toBe(1);
    expect(turns).toEqual([]);
    over.resolve(undefined);
    await expect.poll(() => turns.length).toBeGreaterThan(0);
  });

  it('rehearses nothing after it was stopped', async () => {
    const over = Promise.withResolvers<undefined>();
    const { loop, turns, asked } = rehearsal(() => over.promise);
    await expect.poll(asked).toBe(1);
    const stopped = loop.stop();
    over.resolve(undefined);
    await stopped;
    expect(turns).toEqual([]);
  });
});
