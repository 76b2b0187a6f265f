import { expect, it } from 'vitest';
import { readTaskStatus } from './task-status.js';

const read = (message: string) =>
  readTaskStatus({ taskId: { value: 't' }, state: 'TASK_FAILED', message }, 'f', 1_000);

it('tells what Mesos says as it is', () => {
  const message = 'x'.repeat(10_000);
  expect(read(message)?.message).toBe(message);
  expect(read('')).not.toHaveProperty('message');
});

it('cuts what is longer, never inside a character, and says so', () => {
  expect(read('x'.repeat(10_001))?.message).toBe(`${'x'.repeat(9_999)}…`);
  expect(read(`${'x'.repeat(9_998)}🎉🎉`)?.message).toBe(`${'x'.repeat(9_998)}…`);
});

it('finds the exit code in what is cut away, too', () => {
  expect(read(`${'x'.repeat(20_000)} Command exited with status 3`)?.exitCode).toBe(3);
});

it('puts U+FFFD in place of what PostgreSQL cannot take out of JSON', () => {
  expect(read('nul \0, half \ud83d, \u{1f389}')?.message).toBe('nul \ufffd, half \ufffd, \u{1f389}');
});
