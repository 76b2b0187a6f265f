import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offer, OfferOperation, Resource } from '@carillon/mesos';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { task, TestFramework, uniqueTaskId } from './contract/test-framework.testing.js';
import type { LocalMesos, LocalMesosOptions } from './options.js';
import { startLocalMesos } from './start-local-mesos.js';

const role = 'keeps';
const reserved: Resource = {
  ...{ name: 'disk', type: 'SCALAR', scalar: { value: 64 }, allocationInfo: { role } },
  reservations: [{ type: 'DYNAMIC', role }],
};
const volume: Resource = {
  ...reserved,
  disk: { persistence: { id: 'kept' }, volume: { mode: 'RW', containerPath: 'deep/data' } },
};
const CAPABILITIES = ['MULTI_ROLE', 'PARTITION_AWARE', 'RESERVATION_REFINEMENT'] as const;

let dataDir: string;
let mesos: LocalMesos;
let framework: TestFramework;
const warn = vi.fn<(fields: object, message: string) => void>();

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
  warn.mockClear();
});
afterEach(async () => {
  await stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<LocalMesosOptions> = {}): Promise<void> {
  mesos = await startLocalMesos({ dataDir, cpus: 2, mem: 512, logger: { warn, info: vi.fn() }, ...options });
  const capabilities = CAPABILITIES.map((type) => ({ type }));
  framework = await TestFramework.subscribed(mesos.address, { framework: { roles: [role], capabilities } });
}

async function stop(): Promise<void> {
  await framework.leave();
  await mesos.stop({ killTasks: true });
}

async function run(cmd: string, ...before: OfferOperation[]): Promise<string> {
  const offer = await framework.offer();
  const id = uniqueTaskId('keeps');
  const info = task({ id, cmd })(offer);
  const launch = { taskInfos: [{ ...info, resources: [...info.resources, volume] }] };
  const operations = [...before, { type: 'LAUNCH' as const, launch }];
  await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations } });
  await framework.status(id, 'TASK_FINISHED');
  return mesos.sandboxOf(framework.id, id) ?? '';
}

const make: readonly OfferOperation[] = [
  { type: 'RESERVE', reserve: { resources: [reserved] } },
  { type: 'CREATE', create: { volumes: [volume] } },
];
const volumesOf = ({ resources }: Offer): readonly Resource[] =>
  resources.filter(({ disk }) => disk !== undefined);

it('reservations and volumes are there after a restart, and again after the log was compacted', async () => {
  await start();
  await run('echo 1 >> deep/data/count', ...make);
  for (const times of [2, 3]) {
    await stop();
    await start(); // compacts
    expect(volumesOf(await framework.offer())).toEqual([volume]);
    await framework.call({ type: 'REVIVE' });
    await framework.tearDown();
    await stop();
    await start();
    await run(`echo 1 >> deep/data/count; test $(wc -l < deep/data/count) = ${times}`);
  }
});

it('are given up where the agent has become too small for them', async () => {
  await start({ disk: 1_000 });
  await run('true', ...make);
  await stop();
  await start({ disk: 10 });
  expect(volumesOf(await framework.offer())).toEqual([]);
  expect(warn.mock.calls.map(([, message]) => message)).toEqual([
    'the agent is too small for what was reserved on it',
  ]);
});

it('a sandbox that is collected leaves the volume as it is', async () => {
  await start();
  const sandbox = await run('echo 1 > deep/data/x', ...make);
  rmSync(sandbox, { recursive: true });
  await run('test -e deep/data/x');
  const [agent = ''] = readdirSync(join(dataDir, 'volumes'));
  expect(existsSync(join(dataDir, 'volumes', agent, 'roles', role, 'kept', 'x'))).toBe(true);
});
