import { type RealMesos, realMesosMissing, skipsBecause, startRealMesos } from '@carillon/rigs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMesosConnection } from '../connection/connection.js';
import type { Offer } from '../types/offers.js';
import type { MasterEvent } from '../types/operator.js';
import { agentOperator } from './agent-operator.js';
import { masterOperator } from './master-operator.js';
import { sandboxPath } from './operator.types.js';

const eventually = <T>(look: () => T) => vi.waitFor(look, { timeout: 50_000, interval: 20 });

describe.skipIf(skipsBecause('a real Mesos', realMesosMissing()))('operators of a real Mesos', () => {
  let mesos: RealMesos;
  beforeAll(async () => {
    mesos = await startRealMesos();
  });
  afterAll(() => mesos.stop());

  it.each(['protobuf', 'json'] as const)('see a task from its launch to its files, in %s', async (format) => {
    const master = masterOperator({ masters: mesos.master, format });
    const seen: MasterEvent[] = [];
    const watch = master.watch({ onEvent: (event) => seen.push(event) });
    await eventually(() => expect(seen[0]?.type).toBe('SUBSCRIBED'));
    expect(await master.getHealth()).toBe(true);
    expect(await master.getVersion()).toMatchObject({ version: '1.11.0' });
    expect((await master.getMaster())?.address?.port).toBe(Number(mesos.master.split(':')[1]));
    const { agents } = await master.getAgents();
    expect(agents).toMatchObject([{ active: true, agentInfo: { hostname: 'localhost' } }]);

    const { taskId, frameworkId, end } = await runTask(mesos.master, `echo seen-${format}; sleep 60`);
    const id = taskId.value;
    const updates = () =>
      seen.flatMap((event) =>
        event.type === 'TASK_UPDATED' &&
        'taskUpdated' in event &&
        event.taskUpdated.status.taskId.value === id
          ? [event.taskUpdated.state]
          : [],
      );
    await eventually(() => expect(updates()).toContain('TASK_RUNNING'));
    const added = seen.find((event) => event.type === 'TASK_ADDED');
    expect(added).toMatchObject({ taskAdded: { task: { taskId, frameworkId } } });
    expect((await master.getTasks()).tasks.map((task) => task.taskId.value)).toContain(id);
    const framework = (await master.getFrameworks()).frameworks.find(
      ({ frameworkInfo }) => frameworkInfo.id?.value === frameworkId.value,
    );
    expect(framework).toMatchObject({ active: true, frameworkInfo: { name: 'operators' } });
    expect((await master.getState()).getTasks?.tasks).not.toEqual([]);

    const agent = agentOperator({ address: mesos.agents[0] ?? '', format });
    expect(await agent.getHealth()).toBe(true);
    expect((await agent.getTasks()).launchedTasks.map((task) => task.taskId.value)).toContain(id);
    expect((await agent.getContainers()).map(({ executorId }) => executorId?.value)).toContain(id);
    const sandbox = sandboxPath(frameworkId, taskId);
    const files = await agent.listFiles(sandbox);
    expect(files.map(({ path }) => path.split('/').at(-1))).toContain('stdout');
    const said = async () =>
      Buffer.from((await agent.readFile(`${sandbox}/stdout`, 0, 10_000)).data).toString();
    await vi.waitFor(async () => expect(await said()).toContain(`seen-${format}`), { timeout: 50_000 });
    await expect(agent.listFiles('/nowhere')).rejects.toMatchObject({
      code: 'MESOS_CALL_REFUSED',
      status: 404,
    });
    await end();
    watch.stop();
    await master.close();
  });
});

/** Runs a command as a framework of its own; `end` tears it down. */
async function runTask(masters: string, command: string) {
  const offered = Promise.withResolvers<Offer>();
  const connection = createMesosConnection({
    masters,
    framework: { user: 'root', name: 'operators', roles: ['*'], capabilities: [{ type: 'MULTI_ROLE' }] },
    onEvent: (event) => {
      if (event.type === 'OFFERS' && 'offers' in event) {
        for (const offer of event.offers.offers) offered.resolve(offer);
      } else if (event.type === 'UPDATE' && 'update' in event) {
        const { uuid, agentId, taskId } = event.update.status;
        if (uuid === undefined || agentId === undefined) return;
        void connection
          .call({ type: 'ACKNOWLEDGE', acknowledge: { uuid, agentId, taskId } })
          .catch(() => undefined);
      }
    },
  });
  connection.start();
  const offer = await offered.promise;
  const taskId = { value: `t-${Math.random().toString(36).slice(2)}` };
  const scalar = (name: string, value: number) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    allocationInfo: { role: '*' },
  });
  const task = {
    name: 't',
    taskId,
    agentId: offer.agentId,
    resources: [scalar('cpus', 0.1), scalar('mem', 32)],
    command: { value: command },
  };
  await connection.call({
    type: 'ACCEPT',
    accept: { offerIds: [offer.id], operations: [{ type: 'LAUNCH', launch: { taskInfos: [task] } }] },
  });
  return {
    taskId,
    frameworkId: offer.frameworkId,
    end: async () => {
      await connection.call({ type: 'TEARDOWN' });
      await connection.stop();
    },
  };
}

describe('calls to masters', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  function answering(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const server = createServer(answer as never);
    servers.push(server);
    return new Promise((found) => {
      server.listen(0, '127.0.0.1', () => found(`127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
  }

  it('ask another when one is away, follow a redirect, and stay with the leader', async () => {
    const asked: string[] = [];
    const leader = await answering((_, response) => {
      asked.push('leader');
      response.writeHead(200).end('{"type":"GET_HEALTH","get_health":{"healthy":true}}');
    });
    const follower = await answering((_, response) => {
      asked.push('follower');
      response.writeHead(307, { location: `//${leader}/api/v1` }).end();
    });
    const master = masterOperator({ masters: `127.0.0.1:1,${follower}`, format: 'json' });
    expect(await master.getHealth()).toBe(true);
    expect(await master.getHealth()).toBe(true);
    expect(asked).toEqual(['follower', 'leader', 'leader']);
  });

  it('end: too long an answer, no answer, no', async () => {
    const long = await answering((_, response) => void response.writeHead(200).end('x'.repeat(2_000)));
    const silent = await answering(() => undefined);
    const no = await answering((_, response) => void response.writeHead(403).end('not you'));
    const health = (masters: string, timeoutMs = 30_000) =>
      masterOperator({ masters, format: 'json', maxBytes: 1_000, timeoutMs }).getHealth();
    await expect(health(long)).rejects.toThrow('an answer of more than 1000 bytes');
    await expect(health(silent, 200)).rejects.toThrow('no answer within 200 ms');
    await expect(health(no)).rejects.toMatchObject({ status: 403, body: 'not you' });
  });
});
