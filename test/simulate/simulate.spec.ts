import { describe, expect, it, vi } from 'vitest';
import type { SimulationOptions } from './simulation.js';

vi.hoisted(() => {
  process.env['LOG_LEVEL'] = 'silent';
});
const { metrics } = await import('@carillon/service-runtime');
const { simulate } = await import('./simulation.js');
const { SABOTAGE } = await import('./sabotage.js');

const small: Omit<SimulationOptions, 'seed'> = {
  ...{ schedules: 12, days: 0.02, timers: 2, frameworks: 2, everyMinutes: 2 },
  ...{ faultsEveryMs: 20_000, noise: 2, variety: 1, actionEveryMs: 8_000 },
  ...{ forgets: false, replayEvery: 1, timerSlack: 4, lagMs: 3 },
};
/** As many things at once as can be. */
const rough = { ...small, schedules: 20, days: 0.05, faultsEveryMs: 8_000, noise: 5, actionEveryMs: 5_000 };

describe('the suite on virtual time', () => {
  it.each(Array.from({ length: 24 }, (_, n) => n + 1))('keeps its guarantees with seed %i', async (seed) => {
    const { broken, runs, ended } = await simulate({ ...small, seed });
    expect(broken).toBeUndefined();
    expect(runs).toBeGreaterThan(20);
    expect(ended).toBe(runs);
  });

  it('takes the same steps with the same seed, and others with another', async () => {
    const once = await simulate({ ...small, seed: 7 });
    expect(await simulate({ ...small, seed: 7 })).toEqual(once);
    expect((await simulate({ ...small, seed: 8 })).steps).not.toBe(once.steps);
  });

  // Thousands of them run in one process: whoever a metric would ask is kept, and the whole simulation with it.
  it('leaves nobody behind for a metric to ask', async () => {
    const gauge = Object.getPrototypeOf(metrics.consumerLag) as typeof metrics.consumerLag;
    const asked = vi.spyOn(gauge, 'addCallback');
    await simulate({ ...small, days: 0.002, seed: 1 });
    expect(asked).not.toHaveBeenCalled();
    const observe = () => undefined;
    metrics.consumerLag.addCallback(observe);
    expect(asked).toHaveBeenCalledOnce();
    metrics.consumerLag.removeCallback(observe);
  });
});

describe('seeds that found something', () => {
  // Two pauses of one job within a millisecond: the timer kept the first, for ever.
  it('30: pauses at one instant', async () => {
    expect((await simulate({ ...rough, seed: 30 })).broken).toBeUndefined();
  });

  // A topic created again that had grown to its reader's place, by a publisher that had just started.
  it('2: a first message at the very place of a reader', async () => {
    expect((await simulate({ ...rough, seed: 2 })).broken).toBeUndefined();
  });
});

describe('the simulator notices', () => {
  it.each(Object.keys(SABOTAGE))('%s', async (name) => {
    const sabotage = SABOTAGE[name];
    for (let seed = 1; seed <= 12; seed += 1) {
      const { broken } = await simulate({ ...small, seed, ...(sabotage ? { sabotage } : {}) });
      if (broken) {
        expect(broken.guarantee).not.toBe('nothing fails that should not');
        return;
      }
    }
    expect.unreachable('no seed brought it to light');
  });
});
