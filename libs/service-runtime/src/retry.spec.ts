import { invalid, unavailable } from '@carillon/event-sourcing';
import { expect, test, vi } from 'vitest';
import { backoffMs, pause, retrying } from './retry.js';

const fast = { baseMs: 1, maxMs: 2 };
const away = () => unavailable('databaseUnavailable', 'the database is away');

test('waits twice as long each time, up to the bound, at least half of it', () => {
  const bounds = { baseMs: 100, maxMs: 1_000 };
  expect([1, 2, 3, 4, 5, 400].map((attempt) => backoffMs(attempt, bounds, () => 1))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
  expect(backoffMs(1, bounds, () => 0)).toBe(50);
});

test('tries again while the failure is transient', async () => {
  const delays: number[] = [];
  const onRetry = (_error: unknown, attempt: number) => void delays.push(attempt);
  const result = await retrying({ ...fast, onRetry }, (attempt) =>
    attempt < 3 ? Promise.reject(away()) : Promise.resolve('done'),
  );
  expect(result).toBe('done');
  expect(delays).toEqual([1, 2]);
});

test('throws at once what trying again cannot help', async () => {
  let calls = 0;
  const work = () => {
    calls += 1;
    return Promise.reject(invalid('jobInvalid', 'no'));
  };
  await expect(retrying(fast, work)).rejects.toThrow('no');
  expect(calls).toBe(1);
});

test('gives up after the last attempt, and when aborted', async () => {
  await expect(retrying({ ...fast, attempts: 2 }, () => Promise.reject(away()))).rejects.toThrow('away');
  const aborted = new AbortController();
  const slow = retrying({ baseMs: 60_000, maxMs: 60_000, signal: aborted.signal }, () =>
    Promise.reject(away()),
  );
  aborted.abort();
  await expect(slow).rejects.toThrow('away');
  await pause(60_000, aborted.signal);
});

test('a pause until an instant that has just passed is none, and Node warns of nothing', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  await pause(-0.1);
  await pause(0);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});
