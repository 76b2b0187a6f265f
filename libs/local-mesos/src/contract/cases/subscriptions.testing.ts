import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { task, TestFramework, uniqueTaskId } from '../test-framework.testing.js';

export const subscriptions: readonly ContractCase[] = [
  {
    name: 'SUBSCRIBED first, with the id and the master, and HEARTBEAT at once; in JSON too',
    run: async (context) => {
      for (const format of ['protobuf', 'json'] as const) {
        const framework = await context.framework({ format });
        await framework.until('HEARTBEAT', () => framework.events.find(({ type }) => type === 'HEARTBEAT'));
        expect(framework.events[0]).toMatchObject({
          type: 'SUBSCRIBED',
          subscribed: {
            frameworkId: { value: framework.id },
            heartbeatIntervalSeconds: 15,
            masterInfo: { version: '1.11.0', pid: `master@${context.master}`, hostname: '127.0.0.1' },
          },
        });
        expect(framework.id).toMatch(/^[0-9a-f-]{36}-\d{4}$/);
      }
    },
  },
  {
    name: 'a second subscription with the id ends the first: ERROR Framework failed over',
    run: async (context) => {
      const first = await context.framework();
      await context.framework({ frameworkId: first.id });
      await first.until('the end', () => first.disconnections.find(({ terminal }) => terminal));
      expect(first.events.at(-1)).toEqual({ type: 'ERROR', error: { message: 'Framework failed over' } });
    },
  },
  {
    name: 'a torn-down id may not subscribe again: ERROR Framework has been removed',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = framework;
      await framework.tearDown();
      const again = new TestFramework(context.master, { frameworkId: id });
      again.start();
      const end = await again.until('the end', () => again.disconnections[0]);
      expect(end).toMatchObject({ reason: 'Framework has been removed', terminal: true });
      await again.leave();
    },
  },
  {
    name: 'tasks go on while nobody is subscribed',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('alone');
      await framework.launch(task({ id, cmd: 'sleep 0.5; exit 7' }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.leave();
      const next = await context.framework({ frameworkId: framework.id });
      expect((await next.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 7');
    },
  },
];
