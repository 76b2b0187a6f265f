import { type RealMesos, realMesosMissing, skipsBecause, startRealMesos } from '@carillon/rigs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { masterOperator } from '../operator/master-operator.js';
import type { FrameworkInfo } from '../types/framework.js';
import type { MesosConnection } from './connection.types.js';
import { createMesosConnection } from './connection.js';

const eventually = (look: () => unknown) => vi.waitFor(look, { timeout: 50_000, interval: 20 });

describe.skipIf(skipsBecause('a real Mesos', realMesosMissing()))('a connection to a real Mesos', () => {
  let mesos: RealMesos;
  const connections: MesosConnection[] = [];
  beforeAll(async () => {
    mesos = await startRealMesos({ agents: 1 });
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.stop();
  });
  afterAll(() => mesos.stop());

  const framework: FrameworkInfo = {
    ...{ user: 'root', name: 'updated', roles: ['a'], checkpoint: true, failoverTimeout: 60 },
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
  };

  async function subscribed(info: FrameworkInfo, format: 'protobuf' | 'json') {
    const offered: string[] = [];
    const connection = createMesosConnection({
      ...{ masters: mesos.master, framework: info, format },
      onEvent: (event) => {
        if (event.type !== 'OFFERS' || !('offers' in event)) return;
        const { offers } = event.offers;
        offered.push(...offers.map(({ allocationInfo }) => allocationInfo?.role ?? ''));
        const decline = { offerIds: offers.map(({ id }) => id), filters: { refuseSeconds: 0 } };
        connection.call({ type: 'DECLINE', decline }).catch(() => undefined);
      },
    });
    connections.push(connection);
    connection.start();
    await eventually(() => expect(connection.subscribed).toBe(true));
    return { connection, offered };
  }

  it.each(['protobuf', 'json'] as const)('updates its framework, in %s', async (format) => {
    const { connection, offered } = await subscribed(framework, format);
    await eventually(() => expect(offered).toContain('a'));
    const changed: FrameworkInfo = {
      ...framework,
      ...{ roles: ['a', 'b'], webuiUrl: 'http://carillon.example', failoverTimeout: 120 },
      labels: { labels: [{ key: 'team', value: 'night' }] },
    };
    await connection.updateFramework(changed, { suppressedRoles: ['a'] });
    await eventually(() => expect(offered).toContain('b'));
    const operator = masterOperator({ masters: mesos.master, format });
    const { frameworks } = await operator.getFrameworks();
    const known = frameworks.find(({ frameworkInfo }) => frameworkInfo.id?.value === connection.frameworkId);
    expect(known?.frameworkInfo).toMatchObject({ ...changed, capabilities: expect.anything() as unknown });
    await connection.call({ type: 'TEARDOWN' });
    await operator.close();
  });

  it('says which agents it wants offers of', async () => {
    const rack = { attributeName: 'rack' };
    const constrained = (predicate: object) => ({
      offerConstraints: {
        roleConstraints: { a: { groups: [{ attributeConstraints: [{ selector: rack, predicate }] }] } },
      },
    });
    const { connection } = await subscribed(framework, 'protobuf');
    const wishes = constrained({ textEquals: { value: 'r7' } });
    await connection.updateFramework(framework, wishes);
    const operator = masterOperator({ masters: mesos.master });
    const { frameworks } = await operator.getFrameworks();
    const known = frameworks.find(({ frameworkInfo }) => frameworkInfo.id?.value === connection.frameworkId);
    expect(known).toMatchObject(wishes);
    await expect(
      connection.updateFramework(framework, constrained({ textMatches: { regex: '(' } })),
    ).rejects.toMatchObject({ code: 'MESOS_CALL_REFUSED', callType: 'UPDATE_FRAMEWORK', status: 400 });
    await connection.call({ type: 'TEARDOWN' });
    await operator.close();
  });
});
