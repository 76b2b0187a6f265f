import { expect, it } from 'vitest';
import { describeWaitStatus } from './exit-status.js';

it.each([
  [0, 'Command exited with status 0'],
  [3 << 8, 'Command exited with status 3'],
  [15, 'Command terminated with signal Terminated'],
  [9, 'Command terminated with signal Killed'],
  [11 | 0x80, 'Command terminated with signal Segmentation fault (core dumped)'],
])('wait status %i: %s', (status, text) => {
  expect(describeWaitStatus(status)).toBe(text);
});
