import { unavailable } from '@carillon/event-sourcing';
import { expect, test, vi } from 'vitest';
import { TurnLoop } from './loop.js';
import { Signal } from './signal.js';

const silent = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

test('an awakening before the wait is not lost, and several count once', async () => {
  const signal = new Signal();
  signal.notify();
  signal.notify();
  expect(await signal.wait(Infinity)).toBe(true);
  expect(await signal.wait(1)).toBe(false);
});

test('an awakening ends a wait of any length', async () => {
  const signal = new Signal();
  const waiting = signal.wait(2 ** 40);
  signal.notify();
  expect(await waiting).toBe(true);
});

test('takes a turn for each awakening, and drains on stop', async () => {
  const turned = new Signal();
  const release = Promise.withResolvers<undefined>();
  let turns = 0;
  let finished = 0;
  const loop = new TurnLoop({
    name: 'spec',
    log: silent,
    turn: async () => {
      turns += 1;
      turned.notify();
      if (turns === 2) await release.promise;
      finished += 1;
      return Infinity;
    },
  });
  loop.start();
  loop.start();
  await turned.wait(Infinity);
  loop.wake();
  await turned.wait(Infinity);
  const stopping = Promise.all([loop.stop(), loop.stop()]);
  release.resolve(undefined);
  await stopping;
  expect({ turns, finished }).toEqual({ turns: 2, finished: 2 });
});

test('a failed turn is reported by its kind and taken again', async () => {
  const succeeded = new Signal();
  let turns = 0;
  const loop = new TurnLoop({
    name: 'spec',
    log: silent,
    backoff: { baseMs: 1, maxMs: 1 },
    turn: () => {
      turns += 1;
      if (turns === 1) return Promise.reject(unavailable('brokerUnavailable', 'away'));
      succeeded.notify();
      return Promise.resolve(Infinity);
    },
  });
  loop.start();
  await succeeded.wait(Infinity);
  await loop.stop();
  expect(silent.warn).toHaveBeenCalledOnce();
  expect(silent.error).not.toHaveBeenCalled();
});
