import { realMesosMissing, type RealMesos, skipsBecause, startRealMesos } from '@carillon/rigs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runContract } from './run-contract.testing.js';
import { operatorCall, parsed } from './requests.testing.js';
import { task, TestFramework, uniqueTaskId } from './test-framework.testing.js';

describe.skipIf(skipsBecause('the contract on a real Mesos', realMesosMissing()))(
  'contract: a real Mesos 1.11',
  () => {
    let mesos: RealMesos;
    beforeAll(async () => {
      // Pings as short as they can be: an agent is unreachable after 3 s.
      mesos = await startRealMesos({ agents: 2, environment: { PING: '1secs' } });
    });
    afterAll(() => mesos.stop());

    /** Agents are told by their ports. */
    async function numberOf(agentId: string): Promise<number> {
      const { agents = [] } = parsed(await operatorCall(mesos.master, 'GET_AGENTS'))['get_agents'] as {
        agents?: readonly { agent_info: { id: { value: string }; port: number } }[];
      };
      const info = agents.find(({ agent_info }) => agent_info.id.value === agentId)?.agent_info;
      return mesos.agents.findIndex((address) => address.endsWith(`:${info?.port}`));
    }

    runContract(
      () => ({
        master: mesos.master,
        agents: {
          kill: async (id) => mesos.kill9(await numberOf(id)),
          restart: () => mesos.startAgain(),
        },
      }),
      'real',
    );
  },
);

describe.skipIf(skipsBecause('a real Mesos', realMesosMissing()))('a real Mesos 1.11', () => {
  let mesos: RealMesos;
  beforeAll(async () => {
    mesos = await startRealMesos();
  });
  afterAll(() => mesos.stop());

  it('kill -9 of the master: the subscription comes back, the task is still there', async () => {
    const framework = await TestFramework.subscribed(mesos.master);
    const id = uniqueTaskId('outlives');
    const { agentId } = await framework.launch(task({ id, cmd: 'sleep 60' }));
    await framework.status(id, 'TASK_RUNNING');
    const before = framework.id;
    mesos.kill9('master');
    await framework.until('the loss', () => framework.disconnections[0]);
    await mesos.startAgain();
    await framework.until('a new subscription', () =>
      framework.events.filter(({ type }) => type === 'SUBSCRIBED').length > 1 ? true : undefined,
    );
    expect(framework.id).toBe(before);
    // Right after its start a master may not answer a reconciliation at all.
    const known = (): boolean => framework.statuses(id).at(-1)?.reason === 'REASON_RECONCILIATION';
    await expect
      .poll(
        async () => {
          await framework.call({
            type: 'RECONCILE',
            reconcile: { tasks: [{ taskId: { value: id }, agentId }] },
          });
          return known() && framework.states(id).at(-1);
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe('TASK_RUNNING');
    await framework.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
    await framework.status(id, 'TASK_KILLED');
    await framework.tearDown();
  });
});
