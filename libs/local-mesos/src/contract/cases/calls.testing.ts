import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { type Answer, send } from '../requests.testing.js';

const BODIES = [
  'accept',
  'decline',
  'accept_inverse_offers',
  'decline_inverse_offers',
  'kill',
  'shutdown',
  'acknowledge',
  'acknowledge_operation_status',
  'reconcile',
  'reconcile_operations',
  'message',
  'request',
  'update_framework',
];

export const calls: readonly ContractCase[] = [
  {
    name: 'a call without its body: 400 that names it; TEARDOWN, REVIVE and SUPPRESS have none',
    run: async (context) => {
      const framework = await context.raw();
      for (const body of BODIES) {
        expect(await framework.call({ type: body.toUpperCase() })).toMatchObject({
          status: 400,
          body: `Failed to validate scheduler::Call: Expecting '${body}' to be present`,
        });
      }
      for (const type of ['REVIVE', 'SUPPRESS', 'TEARDOWN']) {
        expect(await framework.call({ type })).toMatchObject({ status: 202, body: '' });
      }
    },
  },
  {
    name: 'ACKNOWLEDGE with bytes that are no UUID: 400; with one that nobody waits for: 202',
    run: async (context) => {
      const framework = await context.raw();
      const acknowledge = (uuid: Buffer): Promise<Answer> =>
        framework.call({
          type: 'ACKNOWLEDGE',
          acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid: uuid.toString('base64') },
        });
      for (const bytes of [Buffer.from('hi'), Buffer.alloc(16)]) {
        expect(await acknowledge(bytes)).toMatchObject({
          status: 400,
          body: 'Failed to validate scheduler::Call: Not a valid UUID',
        });
      }
      const uuid = Buffer.from('4b9d5f6e0c0f4b6f8d7e1a2b3c4d5e6f', 'hex');
      expect(await acknowledge(uuid)).toMatchObject({ status: 202 });
    },
  },
  {
    name: 'JSON without a required field: 400 that says so',
    run: async (context) => {
      const framework = await context.raw();
      const message = { agent_id: { value: 'a' }, executor_id: { value: 'e' } };
      const answer = await framework.call({ type: 'MESSAGE', message });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatch(/^Failed to convert JSON into Call protobuf: .*message.data/);
    },
  },
  {
    name: 'bytes that are no protobuf: 400',
    run: async ({ master }) => {
      const headers = { 'content-type': 'application/x-protobuf', accept: 'application/json' };
      const body = Buffer.from('ffffffff', 'hex');
      const answer = await send(master, { path: '/api/v1/scheduler', method: 'POST', headers, body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatch(/^Failed to parse body into Call protobuf/);
    },
  },
  {
    name: 'REQUEST, and MESSAGE and SHUTDOWN for nobody: 202, and nothing comes of it',
    run: async (context) => {
      const framework = await context.framework();
      const { agentId } = await framework.offer();
      const executorId = { value: 'nobody' };
      await framework.call({ type: 'REQUEST', request: { requests: [] } });
      for (const to of [agentId, { value: 'nowhere' }]) {
        const data = Buffer.from('hi');
        await framework.call({ type: 'MESSAGE', message: { agentId: to, executorId, data } });
        await framework.call({ type: 'SHUTDOWN', shutdown: { agentId: to, executorId } });
      }
      await framework.call({ type: 'KILL', kill: { taskId: { value: 'last' } } });
      await framework.status('last', 'TASK_UNKNOWN');
      const unexpected = framework.events.filter(({ type }) => ['MESSAGE', 'ERROR'].includes(type));
      expect(unexpected).toEqual([]);
    },
  },
  {
    name: 'REVIVE and SUPPRESS of roles that it does not have: 202',
    run: async (context) => {
      const framework = await context.raw();
      for (const role of ['other', 'not/../valid']) {
        for (const type of ['REVIVE', 'SUPPRESS']) {
          const body = { type, [type.toLowerCase()]: { roles: [role] } };
          expect(await framework.call(body)).toMatchObject({ status: 202 });
        }
      }
    },
  },
];
