import { createLogger } from '@carillon/service-runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Rehearsal } from './rehearsal.js';
import { rehearseRuns } from './rehearse-runs.js';

describe('rehearseRuns', () => {
  it('takes every run from due to its end', () => {
    expect(rehearseRuns(1)).toBe(1);
    expect(rehearseRuns(25)).toBe(25);
  });
});

describe('Rehearsal', () => {
  function rehearsal(calm: (stopping?: AbortSignal) => Promise<void>) {
    const turns: number[] = [];
    const rehearse = (count: number) => turns.push(count);
    const loop = new Rehearsal({ rush: { calm }, log: createLogger('spec'), rehearse });
    onTestFinished(() => loop.stop());
    return { loop, turns };
  }

  it('rehearses a few at a time, and then no more', async () => {
    const { loop, turns } = rehearsal(() => Promise.resolve());
    loop.start();
    expect(turns).toEqual([]);
    await expect.poll(() => turns.length).toBe(60);
    await loop.stop();
    expect(new Set(turns)).toEqual(new Set([10]));
  });

  it('waits while there is a rush', async () => {
    const over = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<undefined>();
    const { loop, turns } = rehearsal(() => {
      asked.resolve(undefined);
      return over.promise;
    });
    loop.start();
    await asked.promise;
    expect(turns).toEqual([]);
    over.resolve(undefined);
    await expect.poll(() => turns.length).toBeGreaterThan(0);
  });

  it('stops in the middle', async () => {
    const { loop, turns } = rehearsal(() => Promise.resolve());
    loop.start();
    await expect.poll(() => turns.length, { interval: 1 }).toBeGreaterThan(0);
    await loop.stop();
    const stoppedAt = turns.length;
    expect(stoppedAt).toBeLessThan(60);
  });
});
