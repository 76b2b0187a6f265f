import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { skipsBecause } from '@carillon/rigs';
import { expect, it } from 'vitest';
import { isSameProcess } from './process-identity.js';

const nowhere = existsSync('/proc/self/environ') ? undefined : 'no /proc/<pid>/environ here';

it.skipIf(skipsBecause('environments of processes', nowhere))(
  'knows a task though the clock was set meanwhile',
  async () => {
    const env = { ...process.env, MESOS_CONTAINER_ID: 'c-1' };
    const child = spawn('sleep', ['60'], { env });
    const ended = new Promise((done) => child.once('exit', done));
    const { pid = 0 } = child;
    const startedAt = Date.now();
    try {
      expect(isSameProcess(pid, startedAt, 'c-1')).toBe(true);
      expect(isSameProcess(pid, startedAt - 3_600_000, 'c-1')).toBe(true);
      expect(isSameProcess(pid, startedAt - 3_600_000, 'c-2')).toBe(false);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    expect(isSameProcess(pid, startedAt, 'c-1')).toBe(false);
  },
);
