import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { scalar, task, uniqueTaskId } from '../test-framework.testing.js';

export const offers: readonly ContractCase[] = [
  {
    name: 'what a task does not use is offered again, less what it uses, and all of it when it has ended',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('part');
      const whole = await framework.launch(task({ id, cmd: 'sleep 60', cpus: 0.5, mem: 100 }));
      const rest = await framework.offer();
      expect(scalar(rest, 'cpus')).toBeCloseTo(scalar(whole, 'cpus') - 0.5, 3);
      expect(scalar(rest, 'mem')).toBeCloseTo(scalar(whole, 'mem') - 100, 3);
      await framework.call({
        type: 'DECLINE',
        decline: { offerIds: [rest.id], filters: { refuseSeconds: 0 } },
      });
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
      let back = await framework.offer();
      while (scalar(back, 'cpus') < scalar(whole, 'cpus')) {
        await framework.call({
          type: 'DECLINE',
          decline: { offerIds: [back.id], filters: { refuseSeconds: 0 } },
        });
        back = await framework.offer();
      }
      expect(scalar(back, 'mem')).toBeGreaterThanOrEqual(scalar(whole, 'mem'));
    },
  },
  {
    name: 'declined without refusal, offered again by itself',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      await framework.call({ type: 'DECLINE', decline: { offerIds: [id], filters: { refuseSeconds: 0 } } });
      await framework.until('another offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'ACCEPT without operations declines',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      const accept = { offerIds: [id], operations: [], filters: { refuseSeconds: 0 } };
      await framework.call({ type: 'ACCEPT', accept });
      await framework.until('another offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'declined for long, not offered until REVIVE',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      await framework.call({
        type: 'DECLINE',
        decline: { offerIds: [id], filters: { refuseSeconds: 1000 } },
      });
      await expect(
        framework.until('an offer', () => (framework.hasOffer ? true : undefined), 1_500),
      ).rejects.toThrow();
      await framework.call({ type: 'REVIVE' });
      await framework.until('an offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'SUPPRESS holds until REVIVE',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      const decline = { offerIds: [id], filters: { refuseSeconds: 0 } };
      await framework.call({ type: 'SUPPRESS' }, { type: 'DECLINE', decline });
      await expect(
        framework.until('an offer', () => (framework.hasOffer ? true : undefined), 1_500),
      ).rejects.toThrow();
      await framework.call({ type: 'REVIVE' });
      await framework.until('an offer', () => (framework.hasOffer ? true : undefined));
    },
  },
];
