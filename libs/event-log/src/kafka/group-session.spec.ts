import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { KafkaConnection } from './connection.js';
import { GroupSession } from './group-session.js';

/** Where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('leaves nothing behind on what closes its subscription', async () => {
  const connection = new KafkaConnection({
    brokers: `127.0.0.1:${await closedPort()}`,
    clientId: 'outage',
  });
  const closing = new AbortController();
  const subscriber = {
    assigned: () => Promise.resolve([]),
    unassigned: () => undefined,
    reached: () => undefined,
    handle: () => Promise.resolve('0'),
  };
  const settings = {
    sessionTimeoutMs: 6_000,
    heartbeatMs: 1_500,
    rebalanceTimeoutMs: 15_000,
    boundsCheckMs: 5_000,
    fetchWaitMs: 250,
  };
  const options = { group: 'outage', topics: ['t'], subscriber };
  const session = new GroupSession(connection, options, settings, () => Promise.resolve([]), closing.signal);
  expect(await session.run()).toBeInstanceOf(Error);
  expect(getEventListeners(closing.signal, 'abort')).toEqual([]);
});
