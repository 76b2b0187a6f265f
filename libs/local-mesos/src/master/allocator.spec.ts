import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Allocation, Allocator } from './allocator.js';
import { add, contains, isEmpty, NO_RESOURCES, type Resources, resourcesOf, subtract } from './resources.js';

const TOTAL = resourcesOf({ cpus: 4, mem: 4096, gpus: 1 }, [{ begin: 31000, end: 31010 }]);
const AGENTS = ['s0', 's1'];
const FRAMEWORKS = ['f0', 'f1', 'f2'];

type Step =
  | { do: 'allocate' }
  | { do: 'decline'; pick: number; seconds: number }
  | { do: 'use'; pick: number; share: number }
  | { do: 'end'; pick: number }
  | { do: 'suppress' | 'revive' | 'leave' | 'come'; framework: number };

const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ do: 'allocate' as const }),
  fc.record({ do: fc.constant('decline' as const), pick, seconds: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ do: fc.constant('use' as const), pick, share: fc.integer({ min: 0, max: 10 }) }),
  fc.record({ do: fc.constant('end' as const), pick }),
  fc.record({ do: fc.constantFrom('suppress', 'revive', 'leave', 'come'), framework: fc.nat({ max: 2 }) }),
);

function part(resources: Resources, tenths: number): Resources {
  return {
    scalars: new Map(
      [...resources.scalars].map(([name, value]) => [name, Math.floor((value * tenths) / 10)]),
    ),
    ports: tenths > 5 ? resources.ports : [],
  };
}

describe('accounting', () => {
  it('never gives more than there is, and gives all of it back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const allocator = new Allocator();
        for (const id of AGENTS) allocator.addAgent(id, TOTAL);
        for (const id of FRAMEWORKS) allocator.addFramework(id, { roles: ['*'], suppressed: [], gpus: true });
        let offers: Allocation[] = [];
        const tasks: Allocation[] = [];
        steps.forEach((now, turn) => {
          offers = apply(allocator, now, offers, tasks, turn * 1000);
          for (const agentId of AGENTS) {
            const taken = [...offers, ...tasks].filter((allocation) => allocation.agentId === agentId);
            const sum = taken.map(({ resources }) => resources).reduce(add, NO_RESOURCES);
            expect(contains(TOTAL, sum)).toBe(true);
            expect(add(sum, allocator.available(agentId))).toEqual(add(TOTAL, NO_RESOURCES));
          }
        });
        for (const allocation of [...offers, ...tasks]) allocator.recover(allocation);
        for (const agentId of AGENTS) {
          expect(contains(allocator.available(agentId), TOTAL)).toBe(true);
          expect(isEmpty(subtract(allocator.available(agentId), TOTAL))).toBe(true);
        }
      }),
    );
  });
});

function apply(
  allocator: Allocator,
  now: Step,
  offers: Allocation[],
  tasks: Allocation[],
  at: number,
): Allocation[] {
  switch (now.do) {
    case 'allocate':
      return [...offers, ...allocator.allocate(at)];
    case 'decline': {
      const offer = offers[now.pick];
      if (offer !== undefined) allocator.recover(offer, { until: at + now.seconds * 1000 });
      return offers.filter((other) => other !== offer);
    }
    case 'use': {
      const offer = offers[now.pick];
      if (offer === undefined) return offers;
      const used = part(offer.resources, now.share);
      tasks.push({ ...offer, resources: used });
      allocator.recover({ ...offer, resources: subtract(offer.resources, used) });
      return offers.filter((other) => other !== offer);
    }
    case 'end': {
      const [task] = tasks.splice(now.pick, 1);
      if (task !== undefined) allocator.recover(task);
      return offers;
    }
    case 'suppress':
      allocator.suppress(`f${now.framework}`, []);
      return offers;
    case 'revive':
      allocator.revive(`f${now.framework}`, []);
      return offers;
    case 'leave':
      allocator.deactivate(`f${now.framework}`);
      return offers;
    case 'come':
      allocator.addFramework(`f${now.framework}`, { roles: ['*'], suppressed: [], gpus: true });
      return offers;
  }
}

describe('who gets it', () => {
  function withFrameworks(...ids: string[]): Allocator {
    const allocator = new Allocator();
    allocator.addAgent('s0', TOTAL);
    for (const id of ids) allocator.addFramework(id, { roles: ['*'], suppressed: [], gpus: true });
    return allocator;
  }

  it('the framework with the smaller dominant share', () => {
    const allocator = withFrameworks('f0', 'f1');
    const used = { agentId: 's0', frameworkId: 'f0', role: '*', resources: resourcesOf({ cpus: 1 }) };
    allocator.claim(used);
    expect(allocator.allocate(0).map(({ frameworkId }) => frameworkId)).toEqual(['f1']);
  });

  it('not one that has refused as much, until that is over; but more than it refused', () => {
    const allocator = withFrameworks('f0');
    const held = { agentId: 's0', frameworkId: 'other', role: '*', resources: resourcesOf({ cpus: 1 }) };
    allocator.claim(held);
    const [offer] = allocator.allocate(0);
    if (offer === undefined) throw new Error('no offer');
    allocator.recover(offer, { until: 5_000 });
    expect(allocator.allocate(4_999)).toEqual([]);
    allocator.recover(held);
    expect(allocator.allocate(4_999)).toHaveLength(1);
  });

  it('the role that is not suppressed', () => {
    const allocator = new Allocator();
    allocator.addAgent('s0', TOTAL);
    allocator.addFramework('f0', { roles: ['a', 'b'], suppressed: ['a'], gpus: true });
    expect(allocator.allocate(0)).toMatchObject([{ role: 'b' }]);
  });

  it('nobody who has left', () => {
    const allocator = withFrameworks('f0');
    allocator.deactivate('f0');
    expect(allocator.allocate(0)).toEqual([]);
  });
});

describe('who may', () => {
  const cpus = resourcesOf({ cpus: 4 });
  const plain = { roles: ['*'], suppressed: [] };

  it('take what is reserved: the role itself and those below it', () => {
    const allocator = new Allocator();
    allocator.addAgent('s0', { scalars: new Map([...cpus.scalars, ['cpus(prod)', 2000]]), ports: [] });
    allocator.addFramework('f0', plain);
    expect(allocator.allocate(0)).toMatchObject([{ role: '*', resources: cpus }]);
    allocator.addFramework('f1', { roles: ['prod/web'], suppressed: [] });
    const [reserved] = allocator.allocate(0);
    expect(reserved).toMatchObject({ frameworkId: 'f1', role: 'prod/web' });
    expect([...(reserved?.resources.scalars ?? [])]).toEqual([['cpus(prod)', 2000]]);
  });

  it('have an agent with GPUs, or of another region: who has the capability', () => {
    const allocator = new Allocator('eu');
    allocator.addAgent('gpu', TOTAL, 'eu');
    allocator.addAgent('far', cpus, 'us');
    allocator.addFramework('f0', plain);
    expect(allocator.allocate(0)).toEqual([]);
    allocator.addFramework('f0', { ...plain, gpus: true, regionAware: true });
    expect(allocator.allocate(0).map(({ agentId }) => agentId)).toEqual(['gpu', 'far']);
  });

  it('not an agent that is inactive or removed; when it is back, what was taken is gone', () => {
    const allocator = new Allocator();
    allocator.addAgent('s0', cpus);
    allocator.setActive('s0', false);
    allocator.addFramework('f0', plain);
    expect(allocator.allocate(0)).toEqual([]);
    allocator.setActive('s0', true);
    expect(allocator.allocate(0)).toHaveLength(1);
    allocator.removeAgent('s0');
    allocator.addAgent('s0', cpus);
    expect(allocator.allocate(0)).toMatchObject([{ resources: cpus }]);
  });
});
