import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameworkInfo, Resource } from '@carillon/mesos';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { task, TestFramework, uniqueTaskId } from '../contract/test-framework.testing.js';
import type { LocalMesos } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';

const role = 'keeps';
const INFO: FrameworkInfo = {
  user: 'root',
  name: 'relaunch',
  failoverTimeout: 60,
  checkpoint: true,
  roles: [role],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'RESERVATION_REFINEMENT' }],
};

let dataDir: string;
let mesos: LocalMesos;
let framework: TestFramework;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
  mesos = await startLocalMesos({ dataDir, cpus: 2, mem: 512 });
  framework = await TestFramework.subscribed(mesos.address, { framework: INFO });
});
afterEach(async () => {
  await framework.leave();
  await mesos.stop({ killTasks: true });
  rmSync(dataDir, { recursive: true, force: true });
});

function journal(number: number): string {
  return readFileSync(join(dataDir, 'launchers', `${number}.journal`), 'latin1');
}

/** Its launcher has been given the task, and is stopped before it looks. Returns the launcher's pid. */
async function launchUnseen(id: string, launch: () => Promise<unknown>): Promise<number> {
  await expect.poll(() => journal(1), { timeout: 20_000 }).toMatch(/^L \d+ /);
  const pid = Number(journal(1).split(' ')[1]);
  process.kill(pid, 'SIGSTOP');
  await launch();
  await framework.status(id, 'TASK_STARTING');
  return pid;
}

async function launchTwice(id: string, launch: () => Promise<unknown>): Promise<void> {
  process.kill(await launchUnseen(id, launch), 'SIGKILL');
}

it('a task with a volume runs although its launcher was killed before it began', async () => {
  const id = uniqueTaskId('keeps');
  const offer = await framework.offer();
  const reserved: Resource = {
    ...{ name: 'disk', type: 'SCALAR', scalar: { value: 64 }, allocationInfo: { role } },
    reservations: [{ type: 'DYNAMIC', role }],
  };
  const volume: Resource = {
    ...reserved,
    disk: { persistence: { id: 'kept' }, volume: { mode: 'RW', containerPath: 'data' } },
  };
  const info = task({ id, cmd: 'echo 1 > data/x' })(offer);
  await launchTwice(id, () =>
    framework.call({
      type: 'ACCEPT',
      accept: {
        offerIds: [offer.id],
        operations: [
          { type: 'RESERVE', reserve: { resources: [reserved] } },
          { type: 'CREATE', create: { volumes: [volume] } },
          { type: 'LAUNCH', launch: { taskInfos: [{ ...info, resources: [...info.resources, volume] }] } },
        ],
      },
    }),
  );
  await framework.until('its end', () => framework.states(id).at(-1) !== 'TASK_STARTING' || undefined);
  await framework.status(id, 'TASK_FINISHED');
});

it('a task that another launcher has begun is known after the log was compacted', async () => {
  const id = uniqueTaskId('long');
  await launchTwice(id, () => framework.launch(task({ id, cmd: 'sleep 600' })));
  await framework.status(id, 'TASK_RUNNING');
  const size = () => statSync(join(dataDir, 'state.jsonl')).size;
  const labels = { labels: [{ key: 'large', value: 'x'.repeat(1_000_000) }] };
  for (let n = 0; n < 18; n += 1) {
    const frameworkInfo = { ...INFO, labels, id: { value: framework.id } };
    await framework.call({ type: 'UPDATE_FRAMEWORK', updateFramework: { frameworkInfo } });
  }
  await expect.poll(size, { timeout: 20_000 }).toBeLessThan(2_000_000);
  expect(await mesos.stop()).toEqual({ leftRunning: [id] });
  await framework.leave();
  mesos = await startLocalMesos({ dataDir, cpus: 2, mem: 512 });
  framework = await TestFramework.subscribed(mesos.address, { framework: INFO, frameworkId: framework.id });
  await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
  const end = await framework.until('its end', () =>
    framework.statuses(id).find(({ state }) => state === 'TASK_KILLED' || state === 'TASK_FAILED'),
  );
  expect(end).toMatchObject({ state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
});

it('a task that had not begun when its framework was torn down does not outlive a restart', async () => {
  const id = uniqueTaskId('torn');
  const pid = await launchUnseen(id, () => framework.launch(task({ id, cmd: 'sleep 600' })));
  await framework.tearDown();
  await mesos.stop();
  process.kill(pid, 'SIGCONT');
  mesos = await startLocalMesos({ dataDir, cpus: 2, mem: 512 });
  await expect.poll(() => mesos.runningTasks(), { timeout: 20_000 }).toEqual([]);
});
