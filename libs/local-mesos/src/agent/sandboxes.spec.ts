import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandboxes } from './sandboxes.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandboxes-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function made(sandboxes: Sandboxes, taskId: string, container: string): string {
  const path = sandboxes.pathFor('fw', taskId, container);
  mkdirSync(path);
  writeFileSync(join(path, 'stdout'), 'x');
  return path;
}

it('removes what is too old or too many, the oldest first, and never what has not ended', async () => {
  const sandboxes = new Sandboxes(root, { maxAgeMs: 1_000, maxCount: 2, maxBytes: 1e9 });
  made(sandboxes, 'running', '00000000-1');
  for (const [n, at] of [5, 6, 7, 8].entries()) sandboxes.ended(made(sandboxes, `t${n}`, '00000000-1'), at);
  await sandboxes.collect(100);
  expect(readdirSync(join(root, 'fw')).sort()).toEqual(['running.00000000', 't2.00000000', 't3.00000000']);
  await sandboxes.collect(1_008);
  expect(readdirSync(join(root, 'fw')).sort()).toEqual(['running.00000000', 't3.00000000']);
  await sandboxes.stop();
});

it('removes more at once where there are more, so that they do not grow with how many come', async () => {
  const sandboxes = new Sandboxes(root, { maxAgeMs: 1e9, maxCount: 100, maxBytes: 1e9 });
  for (let n = 0; n < 2_000; n += 1) {
    const path = sandboxes.pathFor('fw', `t${n}`, '00000000-1');
    mkdirSync(path);
    sandboxes.ended(path, n);
  }
  await sandboxes.collect(2_000);
  expect(readdirSync(join(root, 'fw'))).toHaveLength(1_900);
  await sandboxes.stop();
});

it('takes up what is there from before', async () => {
  const before = new Sandboxes(root, { maxAgeMs: 1_000, maxCount: 10, maxBytes: 1e9 });
  const running = made(before, 'running', '00000000-1');
  const old = made(before, 'old', '00000000-1');
  utimesSync(old, 0, 0);
  const after = new Sandboxes(root, { maxAgeMs: 1_000, maxCount: 10, maxBytes: 1e9 });
  after.restore(new Set([running]));
  await after.collect(Date.now());
  expect(readdirSync(join(root, 'fw'))).toEqual(['running.00000000']);
});

it('finds the newest of a task id; long ids fit into a file name', () => {
  const sandboxes = new Sandboxes(root, { maxAgeMs: 1_000, maxCount: 10, maxBytes: 1e9 });
  const first = made(sandboxes, 'again', '11111111-1');
  utimesSync(first, 1, 1);
  const second = made(sandboxes, 'again', '22222222-2');
  made(sandboxes, 'again.and', '33333333-3');
  expect(sandboxes.find('fw', 'again')).toBe(second);
  expect(sandboxes.find('fw', 'never')).toBeUndefined();
  const long = made(sandboxes, 'ä'.repeat(200), '44444444-4');
  expect(sandboxes.find('fw', 'ä'.repeat(200))).toBe(long);
});

it('removes the oldest while they are too large together', async () => {
  const sandboxes = new Sandboxes(root, { maxAgeMs: 1e9, maxCount: 10, maxBytes: 2_500 });
  for (const n of [1, 2, 3, 4]) {
    const path = made(sandboxes, `t${n}`, '00000000-1');
    mkdirSync(join(path, 'deep'));
    writeFileSync(join(path, 'deep', 'file'), 'x'.repeat(1_000));
    sandboxes.ended(path, n);
  }
  await sandboxes.collect(10);
  expect(readdirSync(join(root, 'fw')).sort()).toEqual(['t3.00000000', 't4.00000000']);
  await sandboxes.stop();
});
