import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LauncherKind, measureStartRate, startLocalMesos } from '@carillon/local-mesos';
import { createMesosConnection, type Offer, type TaskInfo } from '@carillon/mesos';

const COUNT = 2_000;

/** Commands started per second: by each launcher alone, and as tasks through the Mesos API (ACCEPT to the end). */
export async function run(): Promise<void> {
  const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;
  const folder = mkdtempSync(join(tmpdir(), 'bench-launcher-'));
  for (const kind of ['python', 'node'] as const) {
    const rate = await measureStartRate(kind, COUNT, mkdtempSync(join(folder, kind)));
    print(`launcher alone, ${kind}: ${Math.round(rate)} starts/s (${COUNT} × sh -c true, ${load()})`);
    const { startsPerSecond, runningP50, runningP99 } = await throughMesos(
      kind,
      mkdtempSync(join(folder, kind)),
    );
    print(
      `through local Mesos, ${kind}: ${Math.round(startsPerSecond)} tasks/s; ACCEPT to RUNNING p50 ${runningP50} ms, ` +
        `p99 ${runningP99} ms (${COUNT} in one ACCEPT, three updates each acknowledged, ${load()})`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

interface Figures {
  readonly startsPerSecond: number;
  readonly runningP50: number;
  readonly runningP99: number;
}

async function throughMesos(launcher: LauncherKind, dataDir: string): Promise<Figures> {
  const mesos = await startLocalMesos({ dataDir, launcher, cpus: 100_000, mem: 1e8 });
  const running: number[] = [];
  let ended = 0;
  let since = 0;
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const connection = createMesosConnection({
    masters: mesos.address,
    framework: { user: 'root', name: 'bench', roles: ['*'], capabilities: [{ type: 'MULTI_ROLE' }] },
    onEvent: (event) => {
      if (event.type === 'OFFERS' && 'offers' in event && since === 0) {
        const [offer] = event.offers.offers;
        if (offer === undefined) return;
        since = performance.now();
        const operations = [{ type: 'LAUNCH' as const, launch: { taskInfos: tasks(offer) } }];
        const accept = { offerIds: [offer.id], operations, filters: { refuseSeconds: 3600 } };
        void connection.call({ type: 'ACCEPT', accept });
      } else if (event.type === 'UPDATE' && 'update' in event) {
        const { taskId, agentId, uuid, state } = event.update.status;
        if (agentId === undefined || uuid === undefined) return;
        if (state === 'TASK_RUNNING') running.push(performance.now() - since);
        if (state === 'TASK_FINISHED') ended += 1;
        const acknowledged = connection.call({ type: 'ACKNOWLEDGE', acknowledge: { taskId, agentId, uuid } });
        if (ended === COUNT) void acknowledged.then(() => resolve(undefined));
      }
    },
  });
  connection.start();
  await over;
  const elapsedSeconds = (performance.now() - since) / 1000;
  await connection.call({ type: 'TEARDOWN' });
  await connection.stop();
  await mesos.stop({ killTasks: true });
  running.sort((a, b) => a - b);
  return {
    startsPerSecond: COUNT / elapsedSeconds,
    runningP50: at(running, 0.5),
    runningP99: at(running, 0.99),
  };
}

function tasks(offer: Offer): TaskInfo[] {
  return Array.from({ length: COUNT }, (_, n) => ({
    name: `t${n}`,
    taskId: { value: `t${n}` },
    agentId: offer.agentId,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.01 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 1 } },
    ],
    command: { value: 'true' },
  }));
}

function at(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
