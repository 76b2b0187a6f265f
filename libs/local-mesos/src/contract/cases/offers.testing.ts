import type { Offer } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { scalar, sum, task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

// More than all tasks of earlier cases together, which may still be ending, can give back.
const LARGE = { cpus: 2, mem: 2000 };

const QUIET_MS = 1_200;

function anOffer(framework: TestFramework, timeoutMs?: number): Promise<true> {
  return framework.until('an offer', () => (framework.hasOffer ? true : undefined), timeoutMs);
}

/** An offer that was under way when offers were stopped may still come; no more after it. */
async function expectQuiet(framework: TestFramework, straggler: (offer: Offer) => void): Promise<void> {
  for (let n = 0; n < 10; n += 1) {
    const offered = await anOffer(framework, QUIET_MS).catch(() => false);
    if (!offered) return;
    for (const offer of await framework.decline(1000)) straggler(offer);
  }
  expect.fail('offers do not cease');
}

export const offers: readonly ContractCase[] = [
  {
    name: 'what a task does not use is offered again, less what it uses, and all of it when it has ended',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('part');
      const whole = await framework.offer({ cpus: 3, mem: 3000 });
      const held = framework.heldOffers;
      const all = (name: string): number => sum([whole, ...held], name);
      const free = (name: string): number => sum(framework.heldOffers, name);
      await framework.launchOn(whole, task({ id, cmd: 'sleep 60', ...LARGE }));
      await framework.call({ type: 'REVIVE' });
      const isFree = (cpus: number, mem: number): true | undefined =>
        free('cpus') > cpus - 0.001 && free('mem') > mem - 0.001 ? true : undefined;
      await framework.until('the rest', () => isFree(all('cpus') - LARGE.cpus, all('mem') - LARGE.mem));
      expect(free('cpus')).toBeLessThan(all('cpus'));
      expect(free('mem')).toBeLessThan(all('mem'));
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
      await framework.until('all of it', () => isFree(all('cpus'), all('mem')));
    },
  },
  {
    name: 'declined without refusal, offered again by itself',
    run: async (context) => {
      const framework = await context.framework();
      await framework.decline(0, await framework.offer());
      await anOffer(framework);
    },
  },
  {
    name: 'ACCEPT without operations declines',
    run: async (context) => {
      const framework = await context.framework();
      const offer = await framework.offer();
      await framework.decline(1000);
      const accept = { offerIds: [offer.id], operations: [], filters: { refuseSeconds: 0 } };
      await framework.call({ type: 'ACCEPT', accept });
      await framework.until('as much again', () =>
        framework.heldOffers.find((again) => scalar(again, 'cpus') >= scalar(offer, 'cpus')),
      );
    },
  },
  {
    name: 'declined for long, not offered until REVIVE, except when there is more than was declined',
    run: async (context) => {
      const framework = await context.framework();
      const refused = [...(await framework.decline(1000, await framework.offer()))];
      await expectQuiet(framework, (offer) => {
        const before = refused.filter(({ agentId }) => agentId.value === offer.agentId.value);
        for (const name of ['cpus', 'mem']) {
          const most = Math.max(0, ...before.map((declined) => scalar(declined, name)));
          expect(scalar(offer, name)).toBeGreaterThan(most);
        }
        refused.push(offer);
      });
      await framework.call({ type: 'REVIVE' });
      await anOffer(framework);
    },
  },
  {
    name: 'SUPPRESS holds until REVIVE',
    run: async (context) => {
      const framework = await context.framework();
      const offer = await framework.offer();
      await framework.call({ type: 'SUPPRESS' });
      await framework.decline(0, offer);
      let stragglers = 0;
      await expectQuiet(framework, () => (stragglers += 1));
      expect(stragglers).toBeLessThanOrEqual(2); // made before SUPPRESS arrived
      await framework.call({ type: 'REVIVE' });
      await anOffer(framework);
    },
  },
];
