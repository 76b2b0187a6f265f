import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { LauncherKind } from '../launcher/launcher.js';
import type { LocalMesos } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';
import { runContract } from './run-contract.testing.js';

describe.each<LauncherKind>(['perl', 'node'])('contract: local Mesos with the %s launcher', (launcher) => {
  let mesos: LocalMesos;
  const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));

  beforeAll(async () => {
    mesos = await startLocalMesos({ dataDir, launcher, cpus: 4, mem: 4096 });
  });
  afterAll(async () => {
    await mesos.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  runContract(() => mesos.address, 'local');
});
