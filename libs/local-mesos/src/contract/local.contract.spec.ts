import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { LauncherKind } from '../launcher/launcher.js';
import type { LocalAgent, LocalMesos } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';
import { runContract } from './run-contract.testing.js';

describe.each<LauncherKind>(['python', 'node'])('contract: local Mesos with the %s launcher', (launcher) => {
  let mesos: LocalMesos;
  const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));

  beforeAll(async () => {
    const agents = [0, 1].map((n) => ({
      cpus: 4,
      mem: 4096,
      hostname: `h${n}`,
      attributes: { rack: `r${n}` },
    }));
    mesos = await startLocalMesos({ dataDir, launcher, agents, agentTimeoutMs: 500 });
  });
  afterAll(async () => {
    await mesos.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  function agent(id: string): LocalAgent {
    const found = mesos.agents.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no agent ${id}`);
    return found;
  }

  runContract(
    () => ({
      master: mesos.address,
      agents: {
        kill: (id) => {
          agent(id).kill();
          return Promise.resolve();
        },
        restart: (id) => {
          agent(id).restart();
          return Promise.resolve();
        },
      },
    }),
    'local',
  );
});
