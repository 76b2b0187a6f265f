import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { type Answer, JSON_HEADERS, send } from '../requests.testing.js';

const STREAM = { 'mesos-stream-id': 'deadbeef-0000-0000-0000-000000000000' };

/** `FW` in the body is a subscribed framework's id. */
interface BadRequest {
  readonly name: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly method?: 'GET';
  readonly status: number;
  readonly says: string;
}

const requests: readonly BadRequest[] = [
  {
    name: 'a wrong stream id',
    body: '{"framework_id":{"value":"FW"},"type":"REVIVE"}',
    headers: STREAM,
    status: 400,
    says: "The stream ID 'deadbeef-0000-0000-0000-000000000000' included in this request didn't match the stream ID currently associated with framework ID FW",
  },
  {
    name: 'no stream id',
    body: '{"framework_id":{"value":"FW"},"type":"REVIVE"}',
    status: 400,
    says: "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
  },
  {
    name: 'an unknown framework',
    body: '{"framework_id":{"value":"nobody"},"type":"REVIVE"}',
    status: 400,
    says: 'Framework cannot be found',
  },
  {
    name: 'no framework id',
    body: '{"type":"REVIVE"}',
    headers: STREAM,
    status: 400,
    says: "Failed to validate scheduler::Call: Expecting 'framework_id' to be present",
  },
  { name: 'garbage', body: '{garbage', status: 400, says: 'Failed to parse body into JSON' },
  {
    name: 'another content type',
    body: 'hi',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    says: "Expecting 'Content-Type' of application/json or application/x-protobuf",
  },
  {
    name: 'an answer that it cannot give',
    body: '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x"}}}',
    headers: { accept: 'text/html' },
    status: 406,
    says: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
  },
  {
    name: 'SUBSCRIBE with a stream id',
    body: '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x"}}}',
    headers: STREAM,
    status: 400,
    says: "Subscribe calls should not include the 'Mesos-Stream-Id' header",
  },
  {
    name: 'an unknown type of call',
    body: '{"framework_id":{"value":"FW"},"type":"DANCE"}',
    status: 400,
    says: "Failed to validate scheduler::Call: Expecting 'type' to be present",
  },
  {
    name: 'ACCEPT without accept',
    body: '{"framework_id":{"value":"FW"},"type":"ACCEPT"}',
    status: 400,
    says: "Failed to validate scheduler::Call: Expecting 'accept' to be present",
  },
  {
    name: 'SUBSCRIBE with two framework ids',
    body: '{"framework_id":{"value":"FW"},"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x","id":{"value":"other"}}}}',
    status: 400,
    says: "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'",
  },
  {
    name: 'a task without its ids',
    body: '{"framework_id":{"value":"FW"},"type":"ACCEPT","accept":{"operations":[{"type":"LAUNCH","launch":{"task_infos":[{"name":"x"}]}}]}}',
    headers: STREAM,
    status: 400,
    says: 'Failed to convert JSON into Call protobuf: Missing required fields: accept.operations[0].launch.task_infos[0].task_id, accept.operations[0].launch.task_infos[0].agent_id',
  },
  { name: 'GET', body: '', method: 'GET', status: 405, says: "Expecting one of { 'POST' }" },
];

export const badRequests: readonly ContractCase[] = [
  ...requests.map(({ name, body, headers, method, status, says }) => ({
    name: `${name}: ${status}`,
    run: async (context: ContractContext) => {
      const framework = await context.framework();
      const withId = (text: string): string => text.replaceAll('FW', framework.id);
      const answer = await send(context.master, {
        path: '/api/v1/scheduler',
        method: method ?? 'POST',
        headers: { ...JSON_HEADERS, ...headers },
        body: withId(body),
      });
      expect(answer.status).toBe(status);
      expect(answer.body).toContain(withId(says));
    },
  })),
  {
    name: 'a framework that is not subscribed: 403; torn down: 400',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = framework;
      await framework.leave();
      const revive = `{"framework_id":{"value":"${id}"},"type":"REVIVE"}`;
      const ask = (): Promise<Answer> =>
        send(context.master, {
          path: '/api/v1/scheduler',
          method: 'POST',
          headers: { ...JSON_HEADERS, ...STREAM },
          body: revive,
        });
      await expect
        .poll(ask, { timeout: 20_000 })
        .toMatchObject({ status: 403, body: 'Framework is not subscribed' });
      const again = await context.framework({ frameworkId: id });
      await again.tearDown();
      await expect
        .poll(ask, { timeout: 20_000 })
        .toMatchObject({ status: 400, body: 'Framework cannot be found' });
    },
  },
];
