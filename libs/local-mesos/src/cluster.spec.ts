import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offer } from '@carillon/mesos';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  task,
  TestFramework,
  type TestFrameworkOptions,
  uniqueTaskId,
} from './contract/test-framework.testing.js';
import type { LocalAgent, LocalMesos, LocalMesosOptions } from './options.js';
import { startLocalMesos } from './start-local-mesos.js';

const CHECKPOINTS = { framework: { checkpoint: true } };

describe('agents of a local Mesos', () => {
  let dataDir: string;
  let mesos: LocalMesos | undefined;
  const frameworks: TestFramework[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
  });
  afterEach(async () => {
    for (const framework of frameworks.splice(0)) await framework.leave();
    await mesos?.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(options: Partial<LocalMesosOptions>): Promise<LocalMesos> {
    mesos = await startLocalMesos({ dataDir, agentTimeoutMs: 400, ...options });
    return mesos;
  }

  async function subscribed(options: TestFrameworkOptions = {}): Promise<TestFramework> {
    const framework = await TestFramework.subscribed(mesos?.address ?? '', options);
    frameworks.push(framework);
    return framework;
  }

  function agentOf(offer: Offer): LocalAgent {
    const agent = mesos?.agents.find(({ id }) => id === offer.agentId.value);
    if (agent === undefined) throw new Error('an offer of nobody');
    return agent;
  }

  it('have names, attributes, regions and reservations of their own', async () => {
    await start({
      region: 'eu',
      agents: [
        { hostname: 'a', cpus: 1, mem: 100, region: 'eu', zone: 'z1', attributes: { rack: 'r1', level: 2 } },
        { hostname: 'b', cpus: 2, mem: 200, reserved: { prod: { cpus: 1 } }, ports: [5000, 5001] },
        { hostname: 'far', cpus: 3, mem: 300, region: 'us' },
        { hostname: 'gpu', cpus: 4, mem: 400, gpus: 1 },
      ],
    });
    const plain = await subscribed();
    const hosts = (framework: TestFramework): string[] =>
      framework.heldOffers.map(({ hostname }) => hostname).sort();
    await expect.poll(() => hosts(plain), { timeout: 20_000 }).toEqual(['a', 'b']);
    const [a, b] = [...plain.heldOffers].sort((one, two) => one.hostname.localeCompare(two.hostname));
    expect(a).toMatchObject({
      domain: { faultDomain: { region: { name: 'eu' }, zone: { name: 'z1' } } },
      attributes: [
        { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
        { name: 'level', type: 'SCALAR', scalar: { value: 2 } },
      ],
    });
    expect(b?.resources).toContainEqual(
      expect.objectContaining({ name: 'ports', ranges: { range: [{ begin: 5000, end: 5001 }] } }),
    );
    const capable = await subscribed({
      framework: {
        roles: ['prod'],
        capabilities: [
          { type: 'MULTI_ROLE' },
          { type: 'GPU_RESOURCES' },
          { type: 'REGION_AWARE' },
          { type: 'RESERVATION_REFINEMENT' },
        ],
      },
    });
    await expect.poll(() => hosts(capable), { timeout: 20_000 }).toEqual(['b', 'far', 'gpu']);
    const reserved = capable.heldOffers.find(({ hostname }) => hostname === 'b');
    expect(reserved?.resources).toEqual([
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 1 },
        allocationInfo: { role: 'prod' },
        reservations: [{ type: 'STATIC', role: 'prod' }],
      },
    ]);
  });

  it('partitioned: offers stay until the pings end, a launch is lost; back: TASK_DROPPED, and the rest goes on', async () => {
    await start({ cpus: 4, mem: 4096 });
    const framework = await subscribed(CHECKPOINTS);
    const [before, during] = [uniqueTaskId('before'), uniqueTaskId('during')];
    const offer = await framework.launch(task({ id: before, cmd: 'sleep 60' }));
    await framework.status(before, 'TASK_RUNNING');
    const rest = await framework.offer();
    agentOf(offer).partition();
    await framework.launchOn(rest, task({ id: during }));
    await framework.status(before, 'TASK_UNREACHABLE');
    await framework.status(during, 'TASK_UNREACHABLE');
    agentOf(offer).restart();
    expect(await framework.status(during, 'TASK_DROPPED')).toMatchObject({ reason: 'REASON_RECONCILIATION' });
    await framework.until('TASK_RUNNING again', () =>
      framework.statuses(before).find(({ reason }) => reason === 'REASON_AGENT_REREGISTERED'),
    );
    expect(mesos?.runningTasks()).toEqual([before]);
  });

  it('partitioned for a moment: a launch is lost, TASK_DROPPED, and a KILL comes later', async () => {
    await start({ cpus: 4, mem: 4096, agentTimeoutMs: 60_000 });
    const framework = await subscribed(CHECKPOINTS);
    const [before, during] = [uniqueTaskId('before'), uniqueTaskId('during')];
    const offer = await framework.launch(task({ id: before, cmd: 'sleep 60' }));
    await framework.status(before, 'TASK_RUNNING');
    const rest = await framework.offer();
    agentOf(offer).partition();
    await framework.launchOn(rest, task({ id: during }));
    await framework.call({ type: 'KILL', kill: { taskId: { value: before } } });
    agentOf(offer).restart();
    expect(await framework.status(during, 'TASK_DROPPED')).toMatchObject({ reason: 'REASON_RECONCILIATION' });
    await framework.status(before, 'TASK_KILLED');
  });

  it('dead: of a task that was lost with it nothing more is said', async () => {
    await start({ cpus: 4, mem: 4096, statusRetryMs: 50 });
    const framework = await subscribed();
    const [lost, next] = [uniqueTaskId('lost'), uniqueTaskId('next')];
    const offer = await framework.launch(task({ id: lost, cmd: 'sleep 60' }));
    await framework.status(lost, 'TASK_RUNNING');
    agentOf(offer).kill();
    await framework.status(lost, 'TASK_LOST');
    await expect.poll(() => mesos?.runningTasks(), { timeout: 20_000 }).toEqual([]);
    agentOf(offer).restart();
    await framework.launch(task({ id: next, cmd: 'sleep 0.3' }));
    await framework.status(next, 'TASK_FINISHED');
    const told = framework.events.flatMap((event) =>
      event.type === 'UPDATE' && 'update' in event ? [event.update.status] : [],
    );
    expect(told.findLast(({ taskId }) => taskId.value === lost)?.state).toBe('TASK_LOST');
  });

  it('unreachable, what ended there meanwhile is told when it is back', async () => {
    await start({ cpus: 4, mem: 4096 });
    const framework = await subscribed(CHECKPOINTS);
    const id = uniqueTaskId('meanwhile');
    const offer = await framework.launch(task({ id, cmd: 'sleep 0.3; exit 5' }));
    await framework.status(id, 'TASK_RUNNING');
    agentOf(offer).kill();
    await framework.status(id, 'TASK_UNREACHABLE');
    await expect.poll(() => mesos?.runningTasks(), { timeout: 20_000 }).toEqual([]);
    expect(framework.states(id)).not.toContain('TASK_FAILED');
    agentOf(offer).restart();
    expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 5');
    await framework.offer({ cpus: 4, mem: 4096 }); // all of it is free, and no more than that
    expect(framework.heldOffers).toEqual([]);
  });

  it('slow: each message takes its time, in order', async () => {
    await start({ cpus: 4, mem: 4096 });
    const framework = await subscribed();
    const id = uniqueTaskId('slow');
    const offer = await framework.offer();
    agentOf(offer).slow(150);
    const before = performance.now();
    await framework.launchOn(offer, task({ id }));
    await framework.status(id, 'TASK_FINISHED');
    // There, STARTING back, its acknowledgement, RUNNING, its acknowledgement, FINISHED.
    expect(performance.now() - before).toBeGreaterThan(6 * 140);
    expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  });

  it('have the same ids after a start on the same folder', async () => {
    const first = await start({ agents: 3 });
    const ids = first.agents.map(({ id }) => id);
    await first.stop();
    const second = await start({ agents: 3 });
    expect(second.agents.map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('simulated tasks', () => {
  it('end on a timer, on a thousand agents at once', { timeout: 60_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
    const mesos = await startLocalMesos({
      dataDir,
      agents: 1_000,
      cpus: 1,
      mem: 1_000,
      simulate: ({ name }) => ({ durationMs: 20, exitStatus: name.includes('bad') ? 3 : 0 }),
    });
    const framework = await TestFramework.subscribed(mesos.address);
    const offered = await framework.until('all offers', () =>
      framework.heldOffers.length === 1_000 ? framework.heldOffers : undefined,
    );
    const ids = await Promise.all(
      offered.map(async (offer, n) => {
        const id = uniqueTaskId(n % 10 === 0 ? 'bad' : 'good');
        await framework.launchOn(offer, task({ id, cpus: 1, mem: 500 }));
        return id;
      }),
    );
    const ended = (): Map<string, string> =>
      new Map(
        framework.events.flatMap((event) => {
          if (event.type !== 'UPDATE' || !('update' in event)) return [];
          const { taskId, state } = event.update.status;
          return state === 'TASK_FINISHED' || state === 'TASK_FAILED' ? [[taskId.value, state] as const] : [];
        }),
      );
    await framework.until('all ends', () => (ended().size === ids.length ? true : undefined), 50_000);
    for (const [id, state] of ended())
      expect(state).toBe(id.startsWith('bad') ? 'TASK_FAILED' : 'TASK_FINISHED');
    await framework.tearDown();
    await mesos.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true });
  });

  it('are killed, and go on after a start on the same folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
    const options = { dataDir, cpus: 4, mem: 4_000, simulate: () => ({ durationMs: 600_000 }) };
    const first = await startLocalMesos(options);
    const framework = await TestFramework.subscribed(first.address);
    const id = uniqueTaskId('long');
    await framework.launch(task({ id }));
    await framework.status(id, 'TASK_RUNNING');
    await framework.leave();
    expect(await first.stop()).toEqual({ leftRunning: [id] });
    const second = await startLocalMesos(options);
    const again = await TestFramework.subscribed(second.address, { frameworkId: framework.id });
    await expect.poll(() => second.runningTasks(), { timeout: 20_000 }).toEqual([id]);
    await again.call({ type: 'KILL', kill: { taskId: { value: id } } });
    expect((await again.status(id, 'TASK_KILLED')).message).toBe('Command terminated with signal Terminated');
    await again.tearDown();
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('run without a file of the state, and are unknown after a start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
    const options = {
      dataDir,
      cpus: 4,
      mem: 4_000,
      keepState: false,
      simulate: () => ({ durationMs: 600_000 }),
    };
    const first = await startLocalMesos(options);
    const framework = await TestFramework.subscribed(first.address);
    const id = uniqueTaskId('long');
    await framework.launch(task({ id }));
    await framework.status(id, 'TASK_RUNNING');
    await framework.leave();
    await first.stop();
    expect(existsSync(join(dataDir, 'state.jsonl'))).toBe(false);
    const second = await startLocalMesos(options);
    expect(second.runningTasks()).toEqual([]);
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });
});
