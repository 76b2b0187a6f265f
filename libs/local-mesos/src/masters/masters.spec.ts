import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipsBecause, startZooKeeper, zooKeeperMissing, type ZooKeeperRig } from '@carillon/rigs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { send } from '../contract/requests.testing.js';
import { task, TestFramework, uniqueTaskId } from '../contract/test-framework.testing.js';
import type { LocalMaster, LocalMesos, LocalMesosOptions } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';

let dataDir: string;
let mesos: LocalMesos;
let framework: TestFramework | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
});
afterEach(async () => {
  await framework?.leave();
  framework = undefined;
  await mesos.stop({ killTasks: true });
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<LocalMesosOptions>): Promise<LocalMaster[]> {
  mesos = await startLocalMesos({ dataDir, masters: 2, cpus: 4, mem: 4_096, ...options });
  return [...mesos.masters];
}

async function leader(): Promise<LocalMaster> {
  await expect
    .poll(() => mesos.masters.filter(({ isLeading }) => isLeading).length, { timeout: 30_000 })
    .toBe(1);
  const found = mesos.masters.find(({ isLeading }) => isLeading);
  if (found === undefined) throw new Error('nobody leads');
  return found;
}

/** 20 tasks run, the leader goes away, half of them end meanwhile: none is lost or doubled. */
async function survives(masters: string, goAway: (leader: LocalMaster) => Promise<void>): Promise<void> {
  // A partitioned master takes connections and never answers.
  framework = await TestFramework.subscribed(masters, {
    framework: { checkpoint: true },
    callTimeoutMs: 2_000,
  });
  const before = framework.id;
  const gate = join(dataDir, 'gate');
  const cmd = `while [ ! -e ${gate} ]; do sleep 0.05; done; exit 3`;
  const short = Array.from({ length: 10 }, () => uniqueTaskId('short'));
  const long = Array.from({ length: 10 }, () => uniqueTaskId('long'));
  const offer = await framework.launch(
    ...short.map((id) => task({ id, cmd })),
    ...long.map((id) => task({ id, cmd: 'sleep 600' })),
    task({ id: 'opens', cmd: `sleep 0.5; touch ${gate}` }),
  );
  for (const id of [...short, ...long]) await framework.status(id, 'TASK_RUNNING');
  const old = await leader();
  await goAway(old);
  const subscriptions = (): number =>
    framework?.events.filter(({ type }) => type === 'SUBSCRIBED').length ?? 0;
  await framework.until('another subscription', () => (subscriptions() > 1 ? true : undefined), 30_000);
  expect(framework.id).toBe(before);
  expect((await leader()).address).not.toBe(old.address);
  for (const id of short) {
    expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 3');
    expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
  }
  // Until the agent is back the new leader does not answer for its tasks.
  const asked = long.map((id) => ({ taskId: { value: id }, agentId: offer.agentId }));
  const answered = (id: string): boolean =>
    framework?.statuses(id).at(-1)?.reason === 'REASON_RECONCILIATION';
  await expect
    .poll(
      async () => {
        await framework?.call({ type: 'RECONCILE', reconcile: { tasks: asked } });
        return long.every(answered);
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(true);
  for (const id of long) expect(framework.states(id).at(-1)).toBe('TASK_RUNNING');
  expect([...mesos.runningTasks()].sort()).toEqual([...long].sort());
  const id = uniqueTaskId('after');
  await framework.launch(task({ id }));
  await framework.status(id, 'TASK_FINISHED');
}

describe('a slow master', () => {
  it('takes its time for each request, and keeps their order', async () => {
    const [master] = await start({ masters: 1 });
    const slowed = await TestFramework.subscribed(mesos.address);
    framework = slowed;
    const { agentId } = await slowed.offer();
    master?.slow(300);
    const before = performance.now();
    const ids = Array.from({ length: 5 }, () => uniqueTaskId('unknown'));
    const kill = (id: string): Promise<void> =>
      slowed.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
    await Promise.all(ids.map(kill));
    expect(performance.now() - before).toBeGreaterThan(290);
    for (const id of ids) await slowed.status(id, 'TASK_GONE');
    const order = slowed.events.flatMap((event) =>
      event.type === 'UPDATE' && 'update' in event ? [event.update.status.taskId.value] : [],
    );
    expect(order).toEqual(ids);
  });
});

describe('two masters', () => {
  it('the one that does not lead says who does: 307 without scheme, the path below /master', async () => {
    const [first, second] = await start({});
    const path = '/api/v1/scheduler';
    const answer = await send(second?.address ?? '', { path, method: 'POST', body: '{}' });
    expect(answer).toMatchObject({ status: 307, body: '' });
    expect(answer.headers['location']).toBe(`//${first?.address}/master/api/v1/scheduler`);
    const redirect = await send(second?.address ?? '', { path: '/redirect' });
    expect(redirect.headers['location']).toBe(`//${first?.address}`);
    expect((await send(second?.address ?? '', { path: '/health' })).status).toBe(200);
  });

  it('until another one leads, the old leader is named; then the new one leads, and the old one follows', async () => {
    const [first, second] = await start({ electionMs: 500 });
    await first?.kill();
    const location = async (): Promise<unknown> =>
      (await send(second?.address ?? '', { path: '/redirect' })).headers['location'];
    expect(await location()).toBe(`//${first?.address}`);
    await expect.poll(() => second?.isLeading, { timeout: 20_000 }).toBe(true);
    expect(await location()).toBe(`//${second?.address}`);
    await first?.start();
    expect(first?.isLeading).toBe(false);
    const redirect = await send(first?.address ?? '', { path: '/redirect' });
    expect(redirect.headers['location']).toBe(`//${second?.address}`);
  });

  it('the leader is killed: tasks go on, their framework is known, nothing is lost', async () => {
    const [first, second] = await start({});
    await survives(`${first?.address},${second?.address}`, (old) => old.kill());
  });

  it('the leader is partitioned: another one leads; healed, the old one follows', async () => {
    const [first, second] = await start({ heartbeatIntervalMs: 200 });
    await survives(`${second?.address},${first?.address}`, (old) => {
      old.partition();
      return Promise.resolve();
    });
    await first?.start();
    const redirect = await send(first?.address ?? '', { path: '/redirect' });
    expect(redirect.headers['location']).toBe(`//${second?.address}`);
  });
});

describe.skipIf(skipsBecause('ZooKeeper for masters', zooKeeperMissing()))('masters in ZooKeeper', () => {
  let zooKeeper: ZooKeeperRig;
  beforeAll(async () => {
    zooKeeper = await startZooKeeper();
  });
  afterAll(() => zooKeeper.stop());

  it('the first leads; killed, its session expires, the second leads, and a framework finds it there', async () => {
    const zk = `zk://${zooKeeper.servers[0]}/carillon/mesos`;
    await start({ zk, electionMs: 1_000 });
    await leader();
    await survives(zk, (old) => old.kill());
  });
});
