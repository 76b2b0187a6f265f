import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runContract } from './run-contract.testing.js';

const rig = fileURLToPath(new URL('../../../../.cache/mesos/', import.meta.url));
const given = process.env['MESOS_MASTER'];
const missing =
  given === undefined && !existsSync(join(rig, 'start.sh'))
    ? 'no MESOS_MASTER, and test/rigs/mesos/setup.sh has not been run'
    : undefined;

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}

describe('contract: a real Mesos 1.11', () => {
  if (missing !== undefined) {
    if (process.env['CI'] === undefined) it.skip(`skipped: ${missing}`, () => undefined);
    else it('is there', () => expect.fail(missing));
    return;
  }

  let master = given ?? '';
  let run: string | undefined;
  beforeAll(async () => {
    if (given !== undefined) return;
    run = mkdtempSync(join(tmpdir(), 'real-mesos-'));
    const [port, agentPort] = [await freePort(), await freePort()];
    const args = ['-d', run, '-p', String(port), '-a', String(agentPort), '-r', 'in_memory'];
    execFileSync(join(rig, 'start.sh'), args, { stdio: 'ignore', timeout: 60_000 });
    master = `127.0.0.1:${port}`;
  });
  afterAll(() => {
    if (run === undefined) return;
    execFileSync(join(rig, 'stop.sh'), ['-d', run, '-w'], { stdio: 'ignore', timeout: 60_000 });
    rmSync(run, { recursive: true, force: true });
  });

  runContract(() => master, 'real');
});
